import type { DiagnosticBag } from '../source/diagnostic.ts';
import type { PackConfig } from './config/config.ts';
import { createEsSettingsReport, type EsSettingsReport } from './config/es-settings.ts';
import { type CountedWarnings, createCountedWarnings } from './pipeline-report.ts';
import { createSharedDiagnostics, type SharedDiagnostics } from './shared-diagnostics.ts';

/** Diagnostics that are reported once for all the detections they concern. */
export interface PackReports {
  readonly diagnostics: SharedDiagnostics;
  readonly warnings: CountedWarnings;
  readonly esSettings: EsSettingsReport;
  /** Reports what was collected. */
  readonly report: () => void;
}

export function createReports(config: PackConfig, bag: DiagnosticBag): PackReports {
  const diagnostics = createSharedDiagnostics(bag);
  const warnings = createCountedWarnings(bag);
  const esSettings = createEsSettingsReport(config, bag);
  return {
    diagnostics,
    warnings,
    esSettings,
    report() {
      diagnostics.report();
      warnings.report();
      esSettings.report();
    },
  };
}
