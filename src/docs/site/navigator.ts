import { counted } from '../../source/plural.ts';
import type { AttackCount } from './matrix.ts';

// from few rules to many
const colors = ['#dbe9f9', '#5c9be0', '#0b3d91'];

/** An ATT&CK Navigator layer, version 4.5, as JSON. The score of a technique counts its rules. */
export function navigatorLayer(name: string, { techniques }: AttackCount): string {
  const entries = [...techniques].sort(([a], [b]) => (a < b ? -1 : 1));
  const layer = {
    name,
    versions: { attack: '19', navigator: '5.1.0', layer: '4.5' },
    domain: 'enterprise-attack',
    description:
      'Number of detection rules a technique; ' +
      'those of its sub-techniques count for a technique too',
    sorting: 3,
    layout: {
      layout: 'side',
      showID: true,
      showName: true,
      showAggregateScores: false,
      countUnscored: false,
    },
    hideDisabled: false,
    techniques: entries.map(([techniqueID, score]) => ({
      techniqueID,
      score,
      comment: counted(score, 'rule'),
      enabled: true,
      showSubtechniques: false,
    })),
    gradient: { colors, minValue: 1, maxValue: Math.max(2, ...techniques.values()) },
    legendItems: [],
    metadata: [],
    showTacticRowBackground: false,
    selectTechniquesAcrossTactics: true,
    selectSubtechniquesWithParent: false,
  };
  return `${JSON.stringify(layer, null, 1)}\n`;
}
