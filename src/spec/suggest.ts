export { editDistance, type Suggestion, suggest } from '../suggest.ts';
