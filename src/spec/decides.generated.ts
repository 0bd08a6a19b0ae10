// Generated from schemas/experiment.schema.json by `npm run generate`; do not edit.
export const annotated: {
  decides: Readonly<Record<string, 'result' | 'resume' | 'nothing'>>;
  evaluation: Readonly<Record<string, true>>;
} = {
  decides: {
    name: 'nothing',
    description: 'nothing',
    tags: 'nothing',
    extends: 'nothing',
    plugins: 'nothing',
    'data.cache': 'nothing',
    'train.accumulation': 'resume',
    'train.checkpoints': 'nothing',
    resources: 'nothing',
    trainer: 'resume',
    'trainer.params': 'result',
    'trainer.schema': 'nothing',
    tracking: 'nothing',
    notify: 'nothing',
    sweep: 'nothing',
  },
  evaluation: {
    'data.source': true,
    'data.path': true,
    'data.file': true,
    'data.columns': true,
    'data.delimiter': true,
    'data.genders': true,
    'data.pairs': true,
    'data.sources': true,
    'data.on_error': true,
    'data.split': true,
    'data.cache': true,
    'data.synthetic': true,
    evaluate: true,
    resources: true,
  },
};
