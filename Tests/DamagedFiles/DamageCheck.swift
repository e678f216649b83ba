import Foundation

/// Runs the trials and keeps count.
struct DamageCheck {
  let world: World
  private(set) var faults: [String] = []
  private var runs = 0
  private var runsByDamage: [(name: String, count: Int)] = []
  private var (traps, hangs, wrong, silent) = (0, 0, 0, 0)
  private var number = 0

  init(world: World) { self.world = world }

  private var folder: URL { world.command.folder }

  /// A name that is free.
  private mutating func fresh(_ name: String) -> String {
    number += 1
    return "\(name)-\(number)"
  }

  /// The arguments of a trial with `replacement` in the place of one of them; outputs are new places, ledgers copies.
  private mutating func words(
    _ trial: World.Trial, at index: Int? = nil, _ replacement: String = ""
  ) throws -> [String] {
    var words: [String] = []
    for (place, argument) in trial.arguments.enumerated() {
      if place == index {
        words.append(replacement)
        continue
      }
      switch argument {
      case .text(let word): words.append(word)
      case .file(let name, _): words.append(name)
      case .output: words.append(fresh("out"))
      case .ledger: words.append(try copy("desk"))
      case .market: words.append("market")
      }
    }
    return words
  }

  private mutating func copy(_ name: String) throws -> String {
    let place = fresh(name)
    try FileManager.default.copyItem(at: folder.appending(path: name), to: folder.appending(path: place))
    return place
  }

  private mutating func expect(
    _ codes: Set<Int32>, _ damage: String, _ words: [String], output: Command.Output = .file
  ) throws {
    let outcome = try world.command.run(words, output: output)
    runs += 1
    if runsByDamage.last?.name == damage {
      runsByDamage[runsByDamage.count - 1].count += 1
    } else {
      runsByDamage.append((damage, 1))
    }
    let what: String
    switch outcome.end {
    case .exit(let code) where codes.contains(code):
      // One line says what is wrong, unless verdicts do; circuits have excerpts below.
      guard code != 0, outcome.errors.isEmpty, outcome.output.isEmpty, output == .file else { return }
      wrong += 1
      what = "ends with \(code) and says nothing"
    case .exit(0):
      silent += 1
      what = "is accepted"
    case .exit(let code):
      wrong += 1
      what = "ends with \(code) instead of \(codes.sorted())"
    case .signal(let number):
      traps += 1
      what = "ends by signal \(number)"
    case .hang:
      hangs += 1
      what = "does not end"
    }
    faults.append("\(damage): \(words.joined(separator: " ")): \(what): \(outcome.errors.prefix(200))")
  }

  /// All trials, whole and damaged.
  mutating func run() throws {
    for trial in world.trials { try expect([trial.exitCode], "nothing", words(trial)) }
    for damage in Damage.all {
      for trial in world.trials {
        for (index, argument) in trial.arguments.enumerated() {
          switch argument {
          case .file(let name, let kind): try damageFile(name, kind, damage, trial, index)
          case .ledger: try damageFolder("desk", damage, trial, index)
          case .market: try damageFolder("market", damage, trial, index)
          case .text, .output: continue
          }
        }
      }
      try cleanUp()
    }
    try damageOutputs()
    try fillDisk()
  }

  private mutating func damageFile(
    _ name: String, _ kind: World.Kind, _ damage: Damage, _ trial: World.Trial, _ index: Int
  ) throws {
    let place = fresh("damaged")
    let good = try Data(contentsOf: folder.appending(path: name))
    guard try damage.place(good, kind, folder.appending(path: place)) else { return }
    var codes = damage.codes(kind)
    // What is sealed cannot change; a log that was changed is a finding of the audit, and a wrong key a refusal.
    if kind == .sealed { codes = codes.subtracting([0]).union([2]) }
    // The lines of a stream have verdicts of their own.
    if kind == .lines { codes.formUnion([2]) }
    try expect(codes, damage.name, words(trial, at: index, place))
  }

  /// Damages each file of a directory in turn.
  private mutating func damageFolder(
    _ name: String, _ damage: Damage, _ trial: World.Trial, _ index: Int
  ) throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)
      .sorted()
    for file in files {
      let place = try copy(name)
      let path = folder.appending(path: place).appending(path: file)
      let good = try Data(contentsOf: path)
      try FileManager.default.removeItem(at: path)
      let isDocument = file.hasSuffix(".json")
      guard try damage.place(good, isDocument ? .document : .sealed, path) else { continue }
      // Rows of market data, and pages of a database that are not read, may differ without harm; what must not happen
      // is a trap, a hang, or an exit code of another kind.
      var codes: Set<Int32> =
        isDocument ? damage.codes(.document) : damage.codes(.sealed).union([0, 2, 65, 66])
      if name == "desk", !isDocument { codes.insert(74) }
      if name == "market" { codes.insert(66) }
      try expect(codes, damage.name, words(trial, at: index, place))
    }
  }

  /// Places that cannot be written to, and standard output that cannot.
  private mutating func damageOutputs() throws {
    try Data("here before\n".utf8).write(to: folder.appending(path: "taken"))
    try FileManager.default.createDirectory(
      at: folder.appending(path: "folder/account.json"), withIntermediateDirectories: true)
    for trial in world.trials {
      for (index, argument) in trial.arguments.enumerated() {
        guard case .output = argument else { continue }
        // Accounts are written into folders.
        let isFolder = ["commit", "fill", "escrow recover"].contains(trial.name)
        let places =
          isFolder ? ["taken", "folder", "taken/inside"] : ["taken", "folder", "missing/file", "/dev/full"]
        for place in places { try expect([74], "output \(place)", words(trial, at: index, place)) }
      }
    }
    guard try Data(contentsOf: folder.appending(path: "taken")) == Data("here before\n".utf8) else {
      faults.append("a file that was there was changed")
      return
    }
    for trial in world.trials {
      for output in [Command.Output.fullDevice, .closed] {
        for more in [[], ["--json"]] {
          try expect([74], "standard output \(output)", words(trial) + more, output: output)
        }
      }
    }
    try cleanUp()
  }

  /// A disk that is full before the first byte, if one can be made.
  private mutating func fillDisk() throws {
    let place = folder.appending(path: "disk").path
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    guard Self.shell("mount -t tmpfs -o size=4k,nr_inodes=64 tmpfs '\(place)'") == 0 else {
      print("full disk: not tried, since no disk can be mounted here")
      return
    }
    defer { _ = Self.shell("umount '\(place)'") }
    try Data(repeating: 1, count: 4_096).write(to: folder.appending(path: "disk/full"))
    for trial in world.trials {
      for (index, argument) in trial.arguments.enumerated() {
        guard case .output = argument else { continue }
        try expect([74], "full disk", words(trial, at: index, "disk/out-\(number)"))
      }
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: place).filter { $0.hasSuffix(".tmp") }
    if !left.isEmpty { faults.append("full disk: left behind \(left)") }
  }

  private static func shell(_ script: String) -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", script + " 2>/dev/null"]
    guard (try? process.run()) != nil else { return 1 }
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Takes away what trials have written.
  private func cleanUp() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
    where ["out-", "damaged-", "desk-", "market-"].contains(where: name.hasPrefix) {
      try FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }

  /// Prints the counts.
  func report() {
    for fault in faults { print(fault) }
    for (name, count) in runsByDamage { print("\(name): \(count) runs") }
    print(
      "\(runs) runs of \(world.trials.count) verbs: \(traps) traps, \(hangs) hangs, \(wrong) wrong exit codes, "
        + "\(silent) silent acceptances")
  }
}
