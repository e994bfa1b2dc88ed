import type Handlebars from 'handlebars';

/** A block that only holds a template. */
export const blockSource = '{{#keep}}{{> template}}{{/keep}}';

const runtimeOptions = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };

/**
 * The template as a function of its context, by `blockSource` compiled for it alone. For a
 * template, Handlebars merges all helpers anew in each call, which takes as long as rendering a
 * short one; for a block passed to a helper it does not.
 */
export function asBlock(
  block: Handlebars.TemplateDelegate<object>,
  template: Handlebars.TemplateDelegate<object>,
): (context: object) => string {
  let kept: Handlebars.TemplateDelegate<object> = template;
  const keep = ({ fn }: Handlebars.HelperOptions): string => {
    kept = fn;
    return '';
  };
  block({}, { ...runtimeOptions, helpers: { keep }, partials: { template } });
  return (context) => kept(context, { data: { root: context } });
}
