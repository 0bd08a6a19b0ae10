import { hasModel } from '../../record/index.ts';
import { artifactRoot } from './artifact-root.ts';
import { content } from './artifacts.ts';
import type { MlflowClient } from './client.ts';
import type { Sent } from './cursor.ts';
import { MlflowError } from './errors.ts';
import { type ModelPlace, modelFiles } from './model-files.ts';
import { legalKey } from './names.ts';
import type { RemoteRun } from './remote-run.ts';
import { readRunRecord } from './run-record.ts';

/** Where older servers keep a model: below the run's artifacts. */
const FOLDER = 'model';

/** Whether a run has a model that was asked for and not sent, or not registered as it is to be. */
export function lacksModel(runDir: string, { model }: Sent): boolean {
  if (!hasModel(runDir)) return false;
  const { model: wanted, register } = readRunRecord(runDir).config.tracking ?? {};
  return (wanted || Boolean(register)) && !(model?.ready && (!register || model.registered === register));
}

/**
 * Sends a run's exported best checkpoint as a model of MLflow's, and registers it if `tracking.register` names it
 * (`NAME`, or `NAME@ALIAS`; the alias is `newest` if left out). Done once for each run; sent again as a whole where it was cut. `step`: the
 * last of the training.
 */
export async function sendModel(
  remote: RemoteRun,
  client: MlflowClient,
  { runDir, step }: { runDir: string; step: number },
): Promise<void> {
  const { sent } = remote;
  if (!lacksModel(runDir, sent)) return;
  const { register } = readRunRecord(runDir).config.tracking ?? {};
  try {
    if (!sent.model?.ready) await upload(remote, client, { runDir, step });
    if (register && sent.model?.ready) await registerModel(remote, client, register);
  } catch (error) {
    if (!(error instanceof MlflowError) || ![400, 403, 404, 501].includes(error.status)) throw error;
    remote.left.add(`The model was not taken: ${error.message}`);
  }
}

async function upload(
  remote: RemoteRun,
  client: MlflowClient,
  { runDir, step }: { runDir: string; step: number },
): Promise<void> {
  const { sent } = remote;
  if (remote.artifactUri === undefined) return;
  const { id, uri } = await placeOf(remote, client);
  const root = artifactRoot(uri, client.connection);
  const place: ModelPlace = { run: remote.id, uri, ...(id === undefined ? {} : { model: id }) };
  const now = Date.now();
  const model = await modelFiles(runDir, place, now);
  if (!model || root === undefined) return;
  for (const file of model.files) {
    const { body, size } = await content(file);
    await client.putArtifact(`${root}/${file.path}`, body, size);
  }
  if (id === undefined) {
    const history = [
      {
        run_id: remote.id,
        artifact_path: FOLDER,
        utc_time_created: new Date(now).toISOString(),
        flavors: model.flavors,
      },
    ];
    await remote.setTags({ 'mlflow.log-model.history': JSON.stringify(history) });
  } else {
    await client.finishModel(id);
    await client.logOutputs(remote.id, [{ model_id: id, step }]);
  }
  sent.model = { ...sent.model, uri, ready: true };
  remote.counts.artifacts += model.files.length;
  remote.save();
}

/** The model that was made for the run, or a new one; servers before 3 have none, and keep it below the run's artifacts. */
async function placeOf(remote: RemoteRun, client: MlflowClient): Promise<{ id?: string; uri: string }> {
  const { sent } = remote;
  const known = sent.model;
  if (known) return { uri: known.uri, ...(known.id === undefined ? {} : { id: known.id }) };
  try {
    const model =
      (await client.modelOfRun(sent.experiment, remote.id)) ??
      (await client.createModel({
        experiment_id: sent.experiment,
        name: 'best-checkpoint',
        source_run_id: remote.id,
      }));
    sent.model = { id: model.model_id, uri: model.artifact_uri };
  } catch (error) {
    if (!(error instanceof MlflowError) || error.status !== 404) throw error;
    sent.model = { uri: `${remote.artifactUri}/${FOLDER}` };
  }
  remote.save();
  return placeOf(remote, client);
}

async function registerModel(remote: RemoteRun, client: MlflowClient, register: string): Promise<void> {
  const { sent } = remote;
  const { id, uri } = sent.model!;
  const at = register.lastIndexOf('@');
  const name = legalKey(at > 0 ? register.slice(0, at) : register);
  const alias = at > 0 ? register.slice(at + 1) : 'newest';
  await client.createRegisteredModel(name);
  const version =
    (await client.versionOfRun(name, remote.id)) ??
    (await client.createVersion({
      name,
      source: id === undefined ? uri : `models:/${id}`,
      run_id: remote.id,
      ...(id === undefined ? {} : { model_id: id }),
    }));
  await client.setAlias(name, alias, version);
  sent.model = { ...sent.model!, registered: register };
  remote.save();
}
