import { formatFixed, plural } from '../../base/format.ts';
import type { Diagnostics, TestImage } from '../../record/index.ts';
import { card } from './document.ts';
import { type Html, html } from './html.ts';
import type { Sheet } from './image-sheet.ts';
import { cellOf, sortableTable } from './table.ts';

const MOST_IDENTITIES = 200;
const MOST_FACES = 6; // of an identity
const MOST_GENDERS = 24;

/** Identities by their share of wrong answers, each with the images that were mistaken and for whom. */
export function identitiesCard(images: readonly TestImage[], sheet: Sheet | undefined): Html | undefined {
  const own = new Map<string, TestImage[]>();
  for (const image of images)
    if (image.identity !== undefined) own.set(image.identity, [...(own.get(image.identity) ?? []), image]);
  if (own.size === 0) return undefined;
  const rows = [...own]
    .map(([identity, all]) => {
      const wrong = all.filter(({ identityRight }) => identityRight === false);
      return {
        identity,
        all: all.length,
        wrong: wrong.toSorted(byCertainty),
        share: wrong.length / all.length,
      };
    })
    .filter(({ wrong }) => wrong.length > 0)
    .sort((a, b) => b.share - a.share || b.all - a.all);
  const title = 'Identities by error';
  const without = own.size - rows.length;
  if (rows.length === 0)
    return card(
      title,
      html`<p>All ${plural(own.size, 'identity', 'identities')} are recognised in every test image.</p>`,
    );
  const shown = rows.slice(0, MOST_IDENTITIES);
  return card(
    title,
    html`<p class="muted">${plural(rows.length, 'identity', 'identities')} with a wrong answer${
      without > 0 && `, ${without} without`
    }${rows.length > shown.length && `; the ${shown.length} with the most errors`}. Under an image: for whom it was taken, and how certainly.</p>${sortableTable(
      'identities',
      [
        { title: 'identity' },
        { title: 'error', number: true },
        { title: 'wrong', number: true },
        { title: 'images', number: true },
        { title: 'mistaken', wrap: true },
      ],
      shown.map(({ identity, all, wrong, share }) => ({
        cells: [
          cellOf(identity),
          cellOf(`${(100 * share).toFixed(0)} %`, share),
          cellOf(String(wrong.length), wrong.length),
          cellOf(String(all), all),
          cellOf(
            html`<div class="tiles">${wrong.slice(0, MOST_FACES).map((image) => face(image, sheet))}</div>`,
            wrong.length,
          ),
        ],
      })),
    )}`,
  );
}

const byCertainty = (a: TestImage, b: TestImage): number => (b.certainty ?? 0) - (a.certainty ?? 0);

function face(image: TestImage, sheet: Sheet | undefined): Html {
  const { filename, predictedIdentity, certainty } = image;
  return html`<figure class="face">${sheet?.tile(filename) ?? html`<span class="mono">${filename}</span>`}<figcaption>${predictedIdentity ?? '–'}${certainty !== undefined && ` ${formatFixed(certainty, 2)}`}</figcaption></figure>`;
}

/** Images whose gender was mistaken, the most certain first. */
export function gendersCard(images: readonly TestImage[], sheet: Sheet | undefined): Html | undefined {
  const certainty = ({ female = 0.5 }: TestImage) => Math.max(female, 1 - female);
  const wrong = images
    .filter(({ genderRight }) => genderRight === false)
    .sort((a, b) => certainty(b) - certainty(a));
  if (wrong.length === 0) return undefined;
  return card(
    'Gender mistaken',
    html`<p class="muted">${plural(wrong.length, 'image')}${
      wrong.length > MOST_GENDERS && `, the ${MOST_GENDERS} most certain of them`
    }: what was predicted, and how certainly.</p><div class="tiles">${wrong
      .slice(0, MOST_GENDERS)
      .map(
        (image) =>
          html`<figure class="face">${sheet?.tile(image.filename) ?? html`<span class="mono">${image.filename}</span>`}<figcaption>${image.predictedGender ?? '–'} ${formatFixed(certainty(image), 2)}</figcaption></figure>`,
      )}</div>`,
  );
}

/** Pairs that are hardest to tell, with their cosines. */
export function pairsCard({ verification }: Diagnostics, sheet: Sheet | undefined): Html | undefined {
  const { hardest = [], threshold } = verification ?? {};
  if (hardest.length === 0) return undefined;
  const group = (same: boolean) => {
    const pairs = hardest.filter((pair) => pair.same === same);
    if (pairs.length === 0) return undefined;
    return html`<h3>${same ? 'One identity, least alike' : 'Two identities, most alike'}</h3><div class="pairs">${pairs.map(
      ({ left, right, cosine }) => {
        const wrong = threshold !== undefined && cosine >= threshold !== same;
        return html`<div class="pair">${sheet?.tile(left)}${sheet?.tile(right)}<div><strong>${formatFixed(cosine)}</strong>${wrong && html` <span class="badge bad">mistaken</span>`}<br><span class="muted">${left}<br>${right}</span></div></div>`;
      },
    )}</div>`;
  };
  return card(
    'Hardest pairs',
    html`<p class="muted">Cosine of the embeddings; from ${formatFixed(threshold)} on a pair counts as one identity.</p>${group(false)}${group(true)}`,
  );
}
