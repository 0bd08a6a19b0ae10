import { type CApi, nativeError, type Output, type Pointer, Status } from '../native/library.ts';
import { newTensor, readTensor, type Values } from '../native/memory.ts';

export interface Feed {
  output: Output;
  shape: readonly number[];
  dtype: number;
  values: Values;
}

/** A TF_Session over one growing graph. It owns the graph, the session and every tensor of a run. */
export class Session {
  readonly graph: Pointer;
  private readonly api: CApi;
  private readonly session: Pointer;

  /** `config` is a serialized ConfigProto. */
  constructor(api: CApi, config: Uint8Array) {
    this.api = api;
    this.graph = api.newGraph() as Pointer;
    const status = new Status(api);
    const options = api.newSessionOptions() as Pointer;
    try {
      api.setConfig(options, config, config.length, status.pointer);
      status.check(() => 'the configuration of the session');
      this.session = api.newSession(this.graph, options, status.pointer) as Pointer;
      status.check(() => 'a new session');
    } finally {
      api.deleteSessionOptions(options);
      status.dispose();
    }
  }

  /** Names and types of the devices that the session sees, such as `/device:GPU:0`. */
  devices(): Array<{ name: string; type: string }> {
    const { api } = this;
    const status = new Status(api);
    const list = api.sessionListDevices(this.session, status.pointer) as Pointer;
    try {
      status.check(() => 'the list of devices');
      return Array.from({ length: api.deviceListCount(list) as number }, (_, i) => ({
        name: api.deviceListName(list, i, status.pointer) as string,
        type: api.deviceListType(list, i, status.pointer) as string,
      }));
    } finally {
      api.deleteDeviceList(list);
      status.dispose();
    }
  }

  /** Runs off the event loop; gives the fetched values, copied out. `what` names the run in an error. */
  async run(
    feeds: Feed[],
    fetches: Output[],
    targets: Pointer[],
    what: string,
  ): Promise<Array<Float32Array | Int32Array | Uint8Array>> {
    const { api } = this;
    const status = new Status(api);
    const tensors: Pointer[] = [];
    const found = new Array<Pointer>(fetches.length).fill(null);
    try {
      for (const { shape, dtype, values } of feeds) tensors.push(newTensor(api, shape, dtype, values));
      await new Promise<void>((resolve, reject) => {
        api.sessionRun.async(
          this.session,
          null,
          feeds.map((feed) => feed.output),
          tensors,
          feeds.length,
          fetches,
          found,
          fetches.length,
          targets,
          targets.length,
          null,
          status.pointer,
          (error: unknown) => (error ? reject(error) : resolve()),
        );
      });
      const code = api.getCode(status.pointer) as number;
      if (code !== 0) throw nativeError(code, api.message(status.pointer) as string, what);
      return found.map((tensor) => readTensor(api, tensor));
    } finally {
      for (const tensor of tensors) api.deleteTensor(tensor);
      for (const tensor of found) if (tensor) api.deleteTensor(tensor);
      status.dispose();
    }
  }

  dispose(): void {
    const status = new Status(this.api);
    this.api.closeSession(this.session, status.pointer);
    this.api.deleteSession(this.session, status.pointer);
    this.api.deleteGraph(this.graph);
    status.dispose();
  }
}
