/** Where MLflow shows things. */
export interface Pages {
  home(): string;
  /** The list of an experiment's runs; with the name of a saved view, as that shows it. */
  experiment(id: string, view?: string): string;
  run(experiment: string, run: string): string;
}

/**
 * The addresses of a server's pages. From version 3 on they say that models are trained: its pages otherwise show what a switch in the
 * browser says, and that is set to language models until someone changes it.
 */
export function pagesOf(base: string, version: string | undefined): Pages {
  const page = (route: string, query: Readonly<Record<string, string>> = {}) => {
    const all = new URLSearchParams({
      ...(majorOf(version) < 3 ? {} : { workflowType: 'machine_learning' }),
      ...query,
    });
    return `${base}#${route}${all.size === 0 ? '' : `?${all}`}`;
  };
  return {
    home: () => page('/experiments'),
    experiment: (id, view) =>
      page(`/experiments/${id}/runs`, view === undefined ? {} : { viewStateShareKey: view }),
    run: (experiment, run) => page(`/experiments/${experiment}/runs/${run}`),
  };
}

/** A server that does not tell its version is taken for a new one, where an unknown query does no harm. */
export const majorOf = (version: string | undefined): number =>
  version === undefined ? 3 : Number.parseInt(version, 10);
