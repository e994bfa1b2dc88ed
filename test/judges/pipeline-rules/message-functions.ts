import { flag, needed, optional, text, textOrNull } from './arguments.ts';
import { EvaluationError } from './error.ts';
import type { Arg, RuleFunction, Scope } from './function.ts';
import { defaultStream, Message } from './message.ts';
import { findJava } from './regex.ts';
import { Instant, javaText, type Value } from './value.ts';

const onMessage = optional('message', 'Message');

function target(arg: Arg, scope: Scope): Message {
  const given = arg('message');
  return given instanceof Message ? given : scope.message;
}

const nameOf = (arg: Arg, name: string): string =>
  `${textOrNull(arg('prefix')) ?? ''}${name}${textOrNull(arg('suffix')) ?? ''}`;

const cleaned = (name: string): string => name.replace(/[^\w.\-@]/g, '_');

export const messageFunctions = {
  has_field: {
    parameters: [needed('field', 'String'), onMessage],
    returns: 'Boolean',
    run: (arg, scope) => target(arg, scope).fields.has(text(arg, 'field')),
  },
  set_field: {
    parameters: [
      needed('field', 'String'),
      needed('value', 'Object'),
      optional('prefix', 'String'),
      optional('suffix', 'String'),
      onMessage,
      optional('default', 'Object'),
      optional('clean_field', 'Boolean'),
    ],
    returns: 'Void',
    run(arg, scope) {
      const field = textOrNull(arg('field')) ?? '';
      if (field === '') return null;
      const name = nameOf(arg, field);
      const value = arg('value') ?? arg('default');
      target(arg, scope).set(flag(arg, 'clean_field') ? cleaned(name) : name, value);
      return null;
    },
  },
  set_fields: {
    parameters: [
      needed('fields', 'Map'),
      optional('prefix', 'String'),
      optional('suffix', 'String'),
      onMessage,
      optional('clean_fields', 'Boolean'),
    ],
    returns: 'Void',
    run: setFields,
  },
  remove_field: {
    parameters: [needed('field', 'String'), onMessage, optional('invert', 'Boolean')],
    returns: 'Void',
    run(arg, scope) {
      if (flag(arg, 'invert')) throw new Error('invert is not read here');
      removeMatching(target(arg, scope), text(arg, 'field'));
      return null;
    },
  },
  remove_multiple_fields: {
    parameters: [optional('pattern', 'String'), optional('names', 'List'), onMessage],
    returns: 'Void',
    run(arg, scope) {
      const message = target(arg, scope);
      const pattern = textOrNull(arg('pattern'));
      if (pattern !== null) removeMatching(message, pattern);
      const names = arg('names');
      if (Array.isArray(names)) for (const name of names) message.remove(javaText(name));
      return null;
    },
  },
  create_message: {
    parameters: [
      optional('message', 'String'),
      optional('source', 'String'),
      optional('timestamp', 'DateTime'),
    ],
    returns: 'Message',
    run: createMessage,
  },
  route_to_stream: {
    parameters: [
      optional('name', 'String'),
      optional('id', 'String'),
      onMessage,
      optional('remove_from_default', 'Boolean'),
    ],
    returns: 'Void',
    run(arg, scope) {
      const name = textOrNull(arg('name')) ?? '';
      if (textOrNull(arg('id')) !== null) throw new Error('ids of streams are not read here');
      // nothing is done where there is no such stream
      if (!scope.streams.has(name)) return null;
      const message = target(arg, scope);
      message.streams.add(name);
      if (flag(arg, 'remove_from_default')) message.streams.delete(defaultStream);
      return null;
    },
  },
  drop_message: {
    parameters: [onMessage],
    returns: 'Void',
    run(arg, scope) {
      target(arg, scope).dropped = true;
      return null;
    },
  },
} as const satisfies Readonly<Record<string, RuleFunction>>;

function setFields(arg: Arg, scope: Scope): Value {
  const fields = arg('fields');
  if (!(fields instanceof Map)) return null;
  const message = target(arg, scope);
  for (const [field, value] of fields) {
    const name = nameOf(arg, field);
    message.set(flag(arg, 'clean_fields') ? cleaned(name) : name, value);
  }
  return null;
}

/** Names that the expression matches as a whole. */
function removeMatching(message: Message, pattern: string): void {
  for (const name of [...message.fields.keys()])
    if (findJava(`\\A(?:${pattern})\\z`, name, []).matches) message.remove(name);
}

function createMessage(arg: Arg, scope: Scope): Value {
  const { message } = scope;
  const given = textOrNull(arg('message')) ?? textOrNull(message.field('message'));
  const source = textOrNull(arg('source')) ?? textOrNull(message.field('source'));
  const timestamp = arg('timestamp');
  if (given === null) throw new EvaluationError('a message without text');
  const made = new Message(
    given,
    source,
    timestamp instanceof Instant ? timestamp : new Instant(Date.now()),
  );
  scope.created.push(made);
  return made;
}
