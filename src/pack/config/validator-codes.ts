import { codeCatalogue, type DiagnosticCode } from '../../source/code/catalogue.ts';

/**
 * Validators of pySigma and, from `sigmahq_` on, of pySigma-validators-sigmaHQ, each with the
 * equivalent codes.
 */
const table = `all_of_them_condition LNT019
attacktag LNT007 LNT010
cartag LNT011
control_character LNT003
custom_attributes SIG016
cvetag LNT011
d3_fendtag LNT011
dangling_condition SIG031
dangling_detection SIG032
detection_tag LNT011
double_wildcard LNT021
duplicate_filename LNT016
duplicate_references LNT014
duplicate_tag LNT013
duplicate_title LNT015
escaped_wildcard LNT023
fieldname_logsource LNT004
filename_length LNT017
identifier_existence SIG042
identifier_uniqueness SIG040
invalid_modifier_combinations SIG028 SIG021
namespace_tag LNT012
number_as_string LNT024
specific_instead_of_generic_logsource LNT020
stptag LNT011
tag_format SIG012
them_condition_with_single_detection LNT018
tlptag LNT011
tlpv1_tag LNT011
tlpv2_tag LNT011
wildcards_instead_of_modifiers LNT022
sigmahq_author_existence LNT030
sigmahq_category_event_id LNT041
sigmahq_correlation_filename_prefix LNT036
sigmahq_correlation_group_by_existence LNT047
sigmahq_correlation_rules_minimum SIG050
sigmahq_date_existence LNT030
sigmahq_description_existence LNT030
sigmahq_description_length LNT032
sigmahq_falsepositives_banned_word LNT033
sigmahq_falsepositives_capital LNT033
sigmahq_falsepositives_typo_word LNT033
sigmahq_field_duplicate_value LNT042
sigmahq_field_user LNT044
sigmahq_fieldname_cast LNT043
sigmahq_fields_existence LNT049
sigmahq_filename_convention LNT036
sigmahq_filename_prefix LNT036
sigmahq_github_link LNT034
sigmahq_identifier LNT037
sigmahq_identifier_existence SIG042
sigmahq_invalid_all_modifier SIG025
sigmahq_invalid_hash_kv LNT044
sigmahq_level_existence LNT030
sigmahq_link_in_description LNT032
sigmahq_logsource_known LNT040
sigmahq_missing_asterisk_condition LNT018
sigmahq_mitre_link LNT034
sigmahq_modified_date_order LNT035
sigmahq_modified_without_date LNT035
sigmahq_ofselection_condition LNT018
sigmahq_ofthem_condition LNT018
sigmahq_redundant_modified LNT035
sigmahq_related_identifier LNT005
sigmahq_space_field_name LNT043
sigmahq_status LNT038
sigmahq_status_existence LNT030
sigmahq_tags_detection LNT039
sigmahq_tags_techniques_without_tactics LNT039
sigmahq_tags_tlp LNT039
sigmahq_tags_unique_detection LNT039
sigmahq_tags_unique_tlp LNT039
sigmahq_title_case LNT031
sigmahq_title_end LNT031
sigmahq_title_length LNT031
sigmahq_title_start LNT031
sigmahq_trademark LNT031
sigmahq_unknown_field LNT049`;

export const isCode = (name: string): name is DiagnosticCode => Object.hasOwn(codeCatalogue, name);

export const validatorCodes: ReadonlyMap<string, readonly DiagnosticCode[]> = new Map(
  table.split('\n').map((line) => {
    const [name = '', ...codes] = line.split(' ');
    return [name, codes.filter(isCode)];
  }),
);
