/**
 * Groups of a pattern as they are read: which of them take part for sure, since engines differ
 * about the others.
 */
export interface References {
  readonly open: (captures: boolean) => number;
  readonly close: () => void;
  readonly branch: () => void;
  /** Something that a quantifier may follow, or that follows a group. */
  readonly atom: (repeats: boolean) => void;
  /** False: there is nothing to repeat. */
  readonly quantify: (optional: boolean, repeated: boolean) => boolean;
  readonly refer: (group: number) => void;
  readonly count: () => number;
  /** Why RegExp would not find what Python finds. */
  readonly reason: () => Error | undefined;
}

interface Frame {
  readonly parent: Frame | undefined;
  readonly captures: boolean;
  branch: number;
  /** Branch of the parent that it stands in. */
  readonly within: number;
  optional: boolean;
  closed: boolean;
  holdsCapture: boolean;
  /** It holds a group that may take no part. */
  holdsUncertain: boolean;
}

export function createReferences(): References {
  const root = frameIn(undefined, false);
  const groups: Frame[] = [root];
  const referred: { readonly group: Frame; readonly frame: Frame; readonly branch: number }[] = [];
  let current = root;
  let closed: Frame | undefined;
  let repeatable = false;
  let resets = false;
  return {
    open: (captures) => {
      current = frameIn(current, captures);
      repeatable = false;
      return captures ? groups.push(current) - 1 : 0;
    },
    close: () => {
      closed = current;
      current.closed = true;
      const { parent } = current;
      if (!parent) return;
      parent.holdsCapture ||= current.captures || current.holdsCapture;
      parent.holdsUncertain ||=
        current.holdsUncertain || (current.branch > 0 && current.holdsCapture);
      current = parent;
    },
    branch: () => {
      current.branch++;
      repeatable = false;
    },
    atom: (repeats) => {
      closed = undefined;
      repeatable = repeats;
    },
    quantify: (optional, repeated) => {
      if (!repeatable) return false;
      repeatable = false;
      if (closed && optional) {
        closed.optional = true;
        current.holdsUncertain ||= closed.captures || closed.holdsCapture;
      }
      if (closed && repeated)
        resets ||= closed.holdsUncertain || (closed.branch > 0 && closed.holdsCapture);
      return true;
    },
    refer: (group) => {
      const frame = groups[group];
      if (group === 0 || !frame?.closed)
        throw new Error(`there is no closed group ${group} before its reference`);
      referred.push({ group: frame, frame: current, branch: current.branch });
    },
    count: () => groups.length - 1,
    reason: () => {
      if (resets)
        return new Error(
          'groups that may take no part in a repetition are not supported together with ' +
            'look-around or back-references',
        );
      const uncertain = referred.some(
        ({ group, frame, branch }) => !takesPart(group, frame, branch),
      );
      return uncertain
        ? new Error('back-references to groups that may take no part are not supported')
        : undefined;
    },
  };
}

function frameIn(parent: Frame | undefined, captures: boolean): Frame {
  return {
    parent,
    captures,
    branch: 0,
    within: parent?.branch ?? 0,
    optional: false,
    closed: false,
    holdsCapture: false,
    holdsUncertain: false,
  };
}

/** True where the group has matched whenever the reference is reached. */
function takesPart(group: Frame, frame: Frame, branch: number): boolean {
  // branches that the reference stands in, by frame
  const around = new Map<Frame, number>();
  for (
    let [at, inside]: [Frame | undefined, number] = [frame, branch];
    at;
    [at, inside] = [at.parent, at.within]
  )
    around.set(at, inside);
  for (let at = group; at.parent; at = at.parent) {
    if (at.optional) return false;
    const reached = around.get(at.parent);
    if (reached !== undefined) return reached === at.within;
    if (at.parent.branch > 0) return false;
  }
  return true;
}
