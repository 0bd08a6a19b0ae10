import { cleanText } from '../../base/clean-text.ts';
import type { ErrorCode } from '../../base/error-codes.ts';
import { FacecomError } from '../../base/errors.ts';

/** A server's no to a request. */
export class MlflowError extends FacecomError {
  readonly status: number;
  /** Such as RESOURCE_DOES_NOT_EXIST. */
  readonly reason: string;

  constructor(
    code: ErrorCode,
    status: number,
    reason: string,
    message: string,
    remedy?: string,
    found = `${status}${reason ? ` ${reason}` : ''}`,
  ) {
    super(code, message, {
      found,
      ...(remedy === undefined ? {} : { remedy }),
    });
    this.status = status;
    this.reason = reason;
  }
}

/** Makes an error of an answer that is no success. `text` is its body. */
export function refusal(
  server: string,
  status: number,
  text: string,
  location: string | null = null,
): MlflowError {
  const { error_code: reason = '', message } = parse(text);
  const said = cleanText(message ?? firstLine(text), 500);
  if (status === 401)
    return new MlflowError(
      'mlflow-refused',
      status,
      reason,
      `MLflow at ${server} asks for credentials.`,
      'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.',
    );
  if (status === 403)
    return new MlflowError(
      'mlflow-refused',
      status,
      reason,
      `MLflow at ${server} refuses: ${said || 'forbidden'}`,
      /host/i.test(said) && reason === ''
        ? 'Start the server with --allowed-hosts and the name by which it is reached.'
        : 'Check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, and what this user may do.',
    );
  if (status >= 300 && status < 400)
    return new MlflowError(
      'mlflow-answer',
      status,
      reason,
      `${server} sends on to ${location ?? 'another address'}.`,
      'Give the address that it sends on to, or log in there first.',
    );
  if (message === undefined && status === 404)
    return new MlflowError('mlflow-answer', status, reason, `${server} is not MLflow's.`, ADDRESS);
  if (passingStatus(status))
    return new MlflowError(
      'mlflow-unreachable',
      status,
      reason,
      `MLflow at ${server} does not work: ${said || `status ${status}`}`,
      LATER,
    );
  return new MlflowError('mlflow-request', status, reason, `MLflow at ${server} says no: ${said}`);
}

/** An answer of success that is not what MLflow answers to this request. */
export function notTheAnswer(server: string, path: string, status: number, text: string): MlflowError {
  const request = path.replace(/^api\/2\.0\/(mlflow\/)?/, '');
  const shown = text.trim() === '' ? 'nothing' : cleanText(text.trim().slice(0, 80));
  const message = `What ${server} answered is not MLflow's answer to ${request}.`;
  return new MlflowError('mlflow-answer', status, '', message, ADDRESS, shown);
}

/** A server that cannot be reached: the reason lies in the cause's code, which fetch hides. */
export function unreachable(server: string, error: unknown): FacecomError {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  const code = cause?.code ?? (error as { code?: string }).code;
  const name = (error as Error).name;
  const found =
    name === 'TimeoutError' ? 'no answer in time' : (code ?? cause?.message ?? (error as Error).message);
  return new FacecomError('mlflow-unreachable', `MLflow at ${server} cannot be reached.`, {
    found,
    remedy: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|SSL|TLS/.test(found)
      ? 'Tell Node which certificates to trust with NODE_EXTRA_CA_CERTS.'
      : LATER,
    cause: error,
  });
}

const LATER = 'Check that the server runs and its address; `facecom sync` then sends what is missing.';
const ADDRESS =
  'Check the address of the tracking server: MLFLOW_TRACKING_URI, or tracking.mlflow of the spec.';

const passingStatus = (status: number): boolean => status === 408 || status === 429 || status >= 500;

function parse(text: string): { error_code?: string; message?: string } {
  try {
    const { error_code, message } = JSON.parse(text);
    return {
      ...(typeof error_code === 'string' ? { error_code } : {}),
      ...(typeof message === 'string' ? { message } : {}),
    };
  } catch {
    return {};
  }
}

const firstLine = (text: string): string =>
  /^\s*</.test(text) ? '' : (text.trim().split('\n')[0] ?? '').slice(0, 300);
