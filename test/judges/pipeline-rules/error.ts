/** A source that the server's parser refuses; `type` is the server's name for the reason. */
export class RuleSourceError extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(`${type}: ${message}`);
    this.type = type;
  }
}

/** What a condition or an action throws on the server. */
export class EvaluationError extends Error {}
