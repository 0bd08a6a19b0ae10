export { drawingVersion, drawPicture } from './draw.ts';
export { makePerson, type Person } from './person.ts';
