import type { TransformationDefinition } from '../definition.ts';
import { addConditionDefinitions } from './add-condition.ts';
import { dropItemDefinitions } from './drop-item.ts';
import { extractFieldsDefinitions } from './extract-fields.ts';
import { failureDefinitions } from './failure.ts';
import { fieldAffixDefinitions } from './field-affix.ts';
import { fieldMappingDefinitions } from './field-mapping.ts';
import { hashesDefinitions } from './hashes.ts';
import { logSourceDefinitions } from './log-source.ts';
import { nestDefinitions } from './nest.ts';
import { placeholderDefinitions } from './placeholder/placeholders.ts';
import { ruleFieldsDefinitions } from './rule-fields.ts';
import { splitPathDefinitions } from './split-path.ts';
import { stateDefinitions } from './state.ts';
import { convertTypeDefinitions } from './value/convert-type.ts';
import { mapStringDefinitions } from './value/map-string.ts';
import { replaceStringDefinitions } from './value/replace-string.ts';
import { setValueDefinitions } from './value/set-value.ts';
import { valueCaseDefinitions } from './value/value-case.ts';
import { valueRegexDefinitions } from './value/value-regex.ts';

/** Every transformation by its type in pipelines. */
export const transformationDefinitions: Readonly<Record<string, TransformationDefinition>> = {
  ...addConditionDefinitions,
  ...convertTypeDefinitions,
  ...dropItemDefinitions,
  ...extractFieldsDefinitions,
  ...failureDefinitions,
  ...fieldAffixDefinitions,
  ...fieldMappingDefinitions,
  ...hashesDefinitions,
  ...logSourceDefinitions,
  ...mapStringDefinitions,
  ...nestDefinitions,
  ...placeholderDefinitions,
  ...replaceStringDefinitions,
  ...ruleFieldsDefinitions,
  ...setValueDefinitions,
  ...splitPathDefinitions,
  ...stateDefinitions,
  ...valueCaseDefinitions,
  ...valueRegexDefinitions,
};
