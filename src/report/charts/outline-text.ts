import { type Faces, isBold } from './font.ts';

/** Turns the text of an SVG that Vega drew into outlines: what then draws it needs no font. */
export function outlineText(svg: string, faces: Faces): string {
  return svg.replace(element, (_, attributes: string, content: string | undefined) => {
    // Vega closes a text without letters at once.
    if (content === undefined) return '';
    const size = Number.parseFloat(attribute(attributes, 'font-size') ?? '11');
    const face = isBold(attribute(attributes, 'font-weight')) ? faces.bold : faces.regular;
    const anchor = attribute(attributes, 'text-anchor') ?? 'start';
    const kept = attributes.replace(/ (?:font-[a-z]+|text-anchor)="[^"]*"/g, '');
    const paths = lines(content).map(({ text, dy }) => {
      const width = face.width(text, size);
      const x = anchor === 'middle' ? -width / 2 : anchor === 'end' ? -width : 0;
      const moved = dy === 0 ? '' : ` transform="translate(0,${dy})"`;
      return `<path d="${face.outline(text, size, x)}"${moved}/>`;
    });
    return `<g${kept}>${paths.join('')}</g>`;
  });
}

const element = /<text((?: [\w:-]+="[^"]*")*)(?:\/>|>([\s\S]*?)<\/text>)/g;

/** Several lines are <tspan>s, each moved down from the one before. */
function lines(content: string): { text: string; dy: number }[] {
  const spans = [...content.matchAll(/<tspan([^>]*)>([\s\S]*?)<\/tspan>/g)];
  if (spans.length === 0) return [{ text: plain(content), dy: 0 }];
  let dy = 0;
  return spans.map(([, attributes, text]) => {
    dy += Number.parseFloat(attribute(attributes!, 'dy') ?? '0');
    return { text: plain(text!), dy };
  });
}

function attribute(attributes: string, name: string): string | undefined {
  return new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1];
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'" };

const plain = (text: string): string =>
  text.replace(/&([a-z]+|#39);/g, (whole, name) => entities[name] ?? whole);
