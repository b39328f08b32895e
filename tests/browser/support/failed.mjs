/** A reporter that says one thing: in which file a test failed, a line for each. */
export default async function* failed(source) {
  for await (const { type, data } of source) if (type === 'test:fail') yield `${data.file ?? data.name}\n`
}
