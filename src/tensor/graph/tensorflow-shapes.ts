import type { CApi, Pointer } from '../native/library.ts';
import { GraphBuilder } from './builder.ts';
import type { Node } from './ir.ts';
import type { ShapeInference } from './trace-binding.ts';

/** TensorFlow's own shape inference: the ops are also added to a graph that is never run. */
export class TensorFlowShapes implements ShapeInference {
  private readonly api: CApi;
  private readonly graph: Pointer;
  private readonly builder: GraphBuilder;

  constructor(api: CApi) {
    this.api = api;
    this.graph = api.newGraph() as Pointer;
    this.builder = new GraphBuilder(api, this.graph, '');
  }

  add(node: Node): void {
    this.builder.add(node, true);
  }

  takes(): boolean {
    return false;
  }

  dispose(): void {
    this.builder.dispose();
    this.api.deleteGraph(this.graph);
  }
}
