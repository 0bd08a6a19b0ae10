export function pastDoors(text: string, path: string): string;
