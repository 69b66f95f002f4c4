internal import Basics
internal import Faults
internal import Stacks
internal import YAML

/// Works out what components become that steps of the method redeploy.
struct Releases<Files: Library> {
  /// What the stack was made of.
  struct Ground {
    let outline: StackOutline
    let given: [Parameter.Choice]
    let machine: Machine
  }

  let loader: Loader<Files>
  let ground: Ground
  var problems: [Problem] = []

  /// Adds to a stack what the method's steps need; each problem is shown at its step.
  mutating func add(for drafts: [MethodReader.Draft], to stack: inout ResolvedStack) {
    for draft in drafts {
      guard let release = draft.step.fault.release(aimedAt: draft.step.aim),
        stack.releases[release] == nil
      else { continue }
      let mark = draft.mark
      do {
        let next = try loader.resolve(
          ground.outline, given: ground.given, machine: ground.machine, release: release, at: mark)
        let instances = next.instances(of: release.component)
        for instance in instances {
          guard let before = stack.instance(instance.id),
            let objection = before.objection(to: instance)
          else { continue }
          problems.append(
            Problem(mark, "\(instance.id) cannot be redeployed like this: \(objection)"))
          break
        }
        stack.releases[release] = instances
      } catch {
        problems += error.all
      }
    }
  }
}
