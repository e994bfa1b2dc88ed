import { countedText } from '../../../source/number-text.ts';

/** What grouped searches run. */
export interface GroupedCount {
  readonly detections: number;
  readonly searches: number;
}

/** `3,394 detections run in 177 grouped searches`. */
export const groupedText = ({ detections, searches }: GroupedCount): string =>
  `${countedText(detections, 'detection runs', 'detections run')} in ` +
  countedText(searches, 'grouped search', 'grouped searches');
