// The page API; see PageApi.cs, GuildApi.cs and FaultApi.cs.
export class Problem extends Error {
  constructor(answer) {
    super(answer.message);
    this.option = answer.option;
  }
}

export async function call(method, path, body) {
  const response = await fetch('/sandbox/api/' + path, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Problem(answer);
  return answer;
}
