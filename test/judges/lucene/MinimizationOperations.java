package org.apache.lucene.util.automaton;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Takes the place of Lucene's class of this name, whose algorithm of Hopcroft takes three quarters of the time of all regular expressions. Of
 * every automaton there is one smallest deterministic one, so that the result is the same but for the numbers of its states, and so is the work
 * that the limit counts, which is that of determinize.
 */
public final class MinimizationOperations {
  private MinimizationOperations() {}

  public static Automaton minimize(Automaton given, int determinizeWorkLimit) {
    if (given.getNumStates() == 0 || (!given.isAccept(0) && given.getNumTransitions(0) == 0)) return new Automaton();
    Automaton automaton = Operations.determinize(given, determinizeWorkLimit);
    Transition[][] all = automaton.getSortedTransitions();
    int[] distances = distances(automaton, all);
    int[] live = live(all, distances);
    int states = live.length;
    if (states == 0) return new Automaton();
    Transition[][] transitions = new Transition[states][];
    boolean[] accepts = new boolean[states];
    int[] blocks = new int[states];
    int[] numbers = new int[all.length];
    Arrays.fill(numbers, -1);
    for (int number = 0; number < states; number++) numbers[live[number]] = number;
    for (int number = 0; number < states; number++) {
      accepts[number] = automaton.isAccept(live[number]);
      blocks[number] = distances[live[number]];
      transitions[number] = renumbered(all[live[number]], numbers);
    }
    for (int count = 0; ; ) {
      int[] finer = new int[states];
      int found = refine(blocks, transitions, finer);
      blocks = finer;
      if (found == count) return quotient(accepts, transitions, blocks, found);
      count = found;
    }
  }

  /** The states on a way from the first one to one that accepts, in their order: Operations.removeDeadStates builds two automatons for them. */
  private static int[] live(Transition[][] transitions, int[] distances) {
    int[] found = new int[transitions.length];
    if (distances[0] < 0) return new int[0];
    boolean[] known = new boolean[transitions.length];
    known[0] = true;
    int end = 1;
    for (int at = 0; at < end; at++)
      for (Transition one : transitions[found[at]]) {
        if (known[one.dest] || distances[one.dest] < 0) continue;
        known[one.dest] = true;
        found[end++] = one.dest;
      }
    Arrays.sort(found, 0, end);
    return Arrays.copyOf(found, end);
  }

  /** The transitions to states that have a number. */
  private static Transition[] renumbered(Transition[] transitions, int[] numbers) {
    Transition[] kept = new Transition[transitions.length];
    int end = 0;
    for (Transition one : transitions) {
      one.dest = numbers[one.dest];
      if (one.dest >= 0) kept[end++] = one;
    }
    return Arrays.copyOf(kept, end);
  }

  /** The length of the shortest text that each state accepts: of states that accept the same it is the same. */
  private static int[] distances(Automaton automaton, Transition[][] transitions) {
    int states = transitions.length;
    int[] starts = new int[states + 1];
    for (Transition[] out : transitions) for (Transition one : out) starts[one.dest + 1]++;
    for (int state = 0; state < states; state++) starts[state + 1] += starts[state];
    int[] next = starts.clone();
    int[] sources = new int[starts[states]];
    for (int state = 0; state < states; state++) for (Transition one : transitions[state]) sources[next[one.dest]++] = state;
    int[] distances = new int[states];
    Arrays.fill(distances, -1);
    int[] queue = new int[states];
    int end = 0;
    for (int state = 0; state < states; state++) {
      if (!automaton.isAccept(state)) continue;
      distances[state] = 0;
      queue[end++] = state;
    }
    for (int at = 0; at < end; at++) {
      int state = queue[at];
      for (int place = starts[state]; place < starts[state + 1]; place++) {
        int source = sources[place];
        if (distances[source] >= 0) continue;
        distances[source] = distances[state] + 1;
        queue[end++] = source;
      }
    }
    return distances;
  }

  /** Parts the states of a block by the blocks that their transitions lead to; returns how many there are. */
  private static int refine(int[] blocks, Transition[][] transitions, int[] finer) {
    Map<Ways, Integer> known = new HashMap<>();
    for (int state = 0; state < blocks.length; state++) {
      Ways ways = new Ways(waysOf(blocks[state], transitions[state], blocks));
      Integer block = known.putIfAbsent(ways, known.size());
      finer[state] = block == null ? known.size() - 1 : block;
    }
    return known.size();
  }

  /** The block, then each range of characters with the block that it leads to; ranges side by side are one. */
  private static int[] waysOf(int block, Transition[] transitions, int[] blocks) {
    int[] ways = new int[1 + 3 * transitions.length];
    ways[0] = block;
    int end = 1;
    for (Transition one : transitions) {
      int dest = blocks[one.dest];
      if (end > 1 && ways[end - 1] == dest && ways[end - 2] + 1 == one.min) ways[end - 2] = one.max;
      else {
        ways[end++] = one.min;
        ways[end++] = one.max;
        ways[end++] = dest;
      }
    }
    return end == ways.length ? ways : Arrays.copyOf(ways, end);
  }

  /** A state for each block; that of the first state is the first. */
  private static Automaton quotient(boolean[] accepts, Transition[][] transitions, int[] blocks, int count) {
    // blocks are numbered in the order of their first states
    Automaton smallest = new Automaton();
    int[] first = new int[count];
    for (int state = blocks.length - 1; state >= 0; state--) first[blocks[state]] = state;
    for (int block = 0; block < count; block++) {
      smallest.createState();
      smallest.setAccept(block, accepts[first[block]]);
    }
    for (int block = 0; block < count; block++)
      for (Transition one : transitions[first[block]]) smallest.addTransition(block, blocks[one.dest], one.min, one.max);
    smallest.finishState();
    return smallest;
  }

  private record Ways(int[] numbers) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Ways ways && Arrays.equals(numbers, ways.numbers);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(numbers);
    }
  }
}
