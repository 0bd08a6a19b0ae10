import type { FullEvaluation } from '../trainer/index.ts';

/** What artifacts/evaluation.json holds. */
export interface KeptEvaluation extends FullEvaluation {
  split: string;
  tta: string;
}

interface SummaryOf {
  id: string;
  checkpoint: {
    config: {
      name: string;
      description: string;
      model: { backbone: string };
      data: { source: string; image_size: number; fit: string };
      seed: number;
    };
    identities: readonly string[];
    dataHash: string;
    state: { epoch: number; best: { epoch: number } | null };
  };
  evaluation: KeptEvaluation;
  metrics: Record<string, unknown>;
  files: readonly string[];
}

/** The metrics of the page by what they answer; those that a run does not have are left out. */
const sections: [title: string, rows: [label: string, metric: string][]][] = [
  [
    'Task A: gender',
    [
      ['accuracy', 'gender_accuracy'],
      ['balanced accuracy', 'gender_balanced_accuracy'],
      ['precision (Female)', 'gender_precision'],
      ['recall (Female)', 'gender_recall'],
      ['F1 (Female)', 'gender_f1'],
      ['F1 at the threshold of validation', 'gender_tuned_f1'],
      ['area under the ROC curve', 'gender_auc'],
      ['expected calibration error', 'gender_ece'],
    ],
  ],
  [
    'Task B: identity, identities of training',
    [
      ['top-1', 'identity_top1'],
      ['top-5', 'identity_top5'],
      ['macro-F1', 'identity_macro_f1'],
    ],
  ],
  [
    'Task B: pairs',
    [
      ['accuracy at the threshold of validation', 'verification_accuracy'],
      ['precision', 'verification_precision'],
      ['recall', 'verification_recall'],
      ['F1', 'verification_f1'],
      ['area under the ROC curve', 'verification_auc'],
      ['equal error rate', 'verification_eer'],
      ['TAR at FAR 0.1', 'tar_at_far_1e-1'],
      ['TAR at FAR 0.01', 'tar_at_far_1e-2'],
      ['TAR at FAR 0.001', 'tar_at_far_1e-3'],
      ['TAR at FAR 0.0001', 'tar_at_far_1e-4'],
    ],
  ],
  [
    'Task B: clean gallery, distorted probes',
    [
      ['rank-1', 'gallery_rank1'],
      ['rank-5', 'gallery_rank5'],
      ['macro-F1', 'gallery_macro_f1'],
      ['open set', 'gallery_open_set'],
    ],
  ],
  [
    'Score: 0.3 × Task A + 0.7 × Task B',
    [
      ['with pair accuracy', 'challenge_pairs'],
      ['with gallery rank-1', 'challenge_gallery'],
      ['combined, as validated', 'combined'],
    ],
  ],
];

/** One page of Markdown about a model. */
export function handInSummary({ id, checkpoint, evaluation, metrics, files }: SummaryOf): string {
  const { config, identities, dataHash, state } = checkpoint;
  const { scores, intervals, counts, thresholds, refusals } = evaluation;
  const pictures = metrics.pictures as Record<string, number> | undefined;
  const rows = sections.flatMap(([title, list]) => {
    const present = list.filter(([, metric]) => scores[metric] !== undefined);
    if (present.length === 0) return [];
    return [
      `| **${title}** | | |`,
      ...present.map(([label, metric]) => {
        const [low, high] = intervals[metric] ?? [];
        const range = low === undefined ? '' : `${low.toFixed(3)} … ${high!.toFixed(3)}`;
        return `| ${label} | ${scores[metric]!.toFixed(4)} | ${range} |`;
      }),
    ];
  });
  const parameters = typeof metrics.parameters === 'number' ? metrics.parameters : 0;
  return `# ${config.name}

${config.description || 'A model trained with facecom.'}

| test images | value | 95 % interval over identities |
| --- | ---: | ---: |
${rows.join('\n')}

${[
  pictures &&
    `${pictures.train} images for training, ${pictures.validation} for validation, ${pictures.test} for the test`,
  counts.pairs > 0 && `${counts.pairs} pairs; threshold ${thresholds.verification?.toFixed(4)} (cosine)`,
  counts.probes > 0 && `${counts.probes} probes in a gallery of ${counts.gallery} identities`,
  evaluation.tta !== 'none' && `test-time augmentation: ${evaluation.tta}`,
  ...refusals.map((reason) => `not measured: ${reason}`),
]
  .filter(Boolean)
  .map((line) => `- ${line}`)
  .join('\n')}

## Model

${config.model.backbone}, ${(parameters / 1e6).toFixed(1)} million parameters, images of ${config.data.image_size} × ${config.data.image_size} pixels (${config.data.fit}), ${identities.length} identities.
Run ${id}, best of ${state.epoch} epochs: ${state.best?.epoch}; seed ${config.seed}; data ${config.data.source} ${dataHash.slice(0, 12)}.

## Test it

    sh test.sh FOLDER

scores it on a folder of labelled images in any layout and writes predictions.csv. \`model.safetensors\` loads in PyTorch as \`model.json\` describes.

## Files

${files.map((name) => `- ${name}`).join('\n')}
`;
}
