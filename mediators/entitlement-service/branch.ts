import { type Config, guarded, type Mediator, nested, type Site, spanOf } from 'viaduct'
import type { branchAttributes, branchChildren } from './branch-shape.ts'

type BranchConfig = Config<typeof branchAttributes, typeof branchChildren>
type BranchName = 'onAccept' | 'onReject' | 'obligations' | 'advice'

/** The four branches as mediators; undefined where there is none. */
export type Branches = { readonly [N in BranchName]: Mediator | undefined }

const nothing: Mediator = () => 'continue'

/** Links and compiles the branches. */
export function compileBranches(config: BranchConfig, site: Site): Branches {
  const branch = (name: BranchName): Mediator | undefined => {
    const reference = config[`${name}Key`]
    const inline = config[name]
    if (reference !== undefined) {
      if (inline !== undefined)
        site.fail('attribute-idle', `the attribute ${name} wins: this <${name}> never runs`, spanOf(inline.node))
      return (ctx) => nested(reference.get(ctx).mediator, ctx)
    }
    if (inline === undefined) return undefined
    const { pipeline = nothing, onError } = inline
    return onError === undefined ? pipeline : guarded(pipeline, (ctx) => nested(onError.get(ctx).mediator, ctx))
  }
  return {
    onAccept: branch('onAccept'),
    onReject: branch('onReject'),
    obligations: branch('obligations'),
    advice: branch('advice'),
  }
}
