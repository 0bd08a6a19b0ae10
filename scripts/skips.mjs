// A reporter of Node's test runner that lists the tests that were skipped, with their reasons, as JSON lines.
export default async function* skips(source) {
  for await (const { type, data } of source)
    if (type === 'test:pass' && data.skip !== undefined)
      yield `${JSON.stringify({ file: data.file, name: data.name, reason: data.skip })}\n`;
}
