/**
 * The one place for what older versions of Odoo want written differently. The addons are written for 19;
 * named transforms for 17 and 18 (list views, groups, chatter) are added here, one function each.
 */
type Transform = {
  name: string;
  appliesTo: (major: number) => boolean;
  apply: (path: string, text: string) => string;
};

const TRANSFORMS: readonly Transform[] = [];

/** A file of an addon as the given major version of Odoo wants it. */
export function toDialect(path: string, content: Uint8Array, major: number): Uint8Array {
  const transforms = TRANSFORMS.filter((transform) => transform.appliesTo(major));
  if (transforms.length === 0 || !/\.(xml|csv|po|py)$/.test(path)) return content;
  const text = new TextDecoder().decode(content);
  return new TextEncoder().encode(transforms.reduce((done, { apply }) => apply(path, done), text));
}

/** The field that holds a user's groups: renamed in 19. */
export function userGroupsField(major: number): 'group_ids' | 'groups_id' {
  return major >= 19 ? 'group_ids' : 'groups_id';
}
