import Admission
import Foundation
import Testing

/// The invariant of the desk, checked after every step on plain books:
///
/// An account whose status is *current* at a level stands, at this moment and after every fill so far, on a
/// commitment whose book meets that level under one named circuit and one snapshot that is in grace.
///
/// `SOLVENCY_DESK_DEPTH` and `SOLVENCY_DESK_RUNS` say how far and how often: `sh
/// Scripts/check-desk-model.sh`.
@Suite("Invariant of the desk")
struct DeskModelTests {
  private static func number(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
  }

  @Test("every order of actions up to a depth keeps the invariant")
  func exhaustive() throws {
    let depth = Self.number("SOLVENCY_DESK_DEPTH", 3)
    let (story, states) = try DeskModel.explore(DeskWorld(), depth: depth)
    #expect(story == nil, "\(story?.description ?? "")")
    #expect(states > 1_000)
    if depth > 3 { print("desk model: \(states) states to depth \(depth)") }
  }

  @Test("long random runs keep the invariant")
  func random() throws {
    let runs = Self.number("SOLVENCY_DESK_RUNS", 12)
    let world = try DeskWorld()
    var happened = 0
    for seed in 1...UInt64(runs) {
      let (story, count) = try DeskModel.wander(world, steps: 300, seed: seed)
      #expect(story == nil, "seed \(seed): \(story?.description ?? "")")
      happened += count
    }
    #expect(happened > 30 * runs)
    if runs > 12 { print("desk model: \(happened) steps in \(runs) random runs") }
  }

  @Test
  func `A54: the model finds what a circuit does that is listed as convex and is not, in a short story`()
    throws
  {
    let world = try DeskWorld(listing: [0, 1, 2])
    let found = try DeskModel.explore(world, depth: 3).story
    let story = try #require(found)
    #expect(story.actions.count == 3, "\(story)")
    // The same between much else is shrunk to as little.
    let idle: [DeskAction] = [.renew, .reopen, .wait(5), .cash(-1), .reopen]
    var long: [DeskAction] = [.prove(circuit: 1, .maintenance, previousEpoch: false)]
    for action in story.actions { long += idle.filter { $0 != .cash(-1) || long.count < 4 } + [action] }
    let short = try DeskModel.shrink(
      DeskModel.Story(actions: long, violation: story.violation), in: world)
    #expect(short.actions.count == 3, "\(short)")
    #expect(short.violation.contains("choice"))
  }
}
