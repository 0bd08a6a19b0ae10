/** What a rewrite is told besides the step. */
export interface RewriteOptions {
  precision: 'float32' | 'bfloat16';
}
