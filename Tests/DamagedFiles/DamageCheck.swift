import Foundation

/// Runs the trials and keeps count.
struct DamageCheck {
  let world: World
  private(set) var faults: [String] = [] {
    didSet {
      if let last = faults.last { print(last) }
      fflush(nil)
    }
  }
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

  /// The arguments of a trial with `replacement` in the place of one of them; outputs are new places, ledgers
  /// copies.
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
      // What is only read is not copied.
      case .folder("market"): words.append("market")
      case .folder(let name): words.append(try copy(name))
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
    try cleanUp()
    for damage in Damage.all {
      for trial in world.trials {
        for (index, argument) in trial.arguments.enumerated() {
          switch argument {
          case .file(let name, let kind): try damageFile(name, kind, damage, trial, index)
          case .folder(let name): try damageFolder(name, damage, trial, index)
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
    let form: World.Kind = kind == .kept ? .document : kind
    guard try damage.place(good, form, folder.appending(path: place)) else { return }
    var codes = damage.codes(form)
    if kind == .kept, damage.name == "missing" { codes.insert(0) }
    // What is sealed cannot change; a log that was changed is a finding of the audit, and a wrong key a
    // refusal.
    if kind == .sealed { codes = codes.subtracting([0]).union([2]) }
    // The lines of a stream have verdicts of their own; other rows are another table, and another entry is
    // another one.
    if kind == .lines { codes.formUnion([2]) }
    if kind == .rows, damage.isOfContents { codes.formUnion([0, 2]) }
    // Of many kinds it says what the file is and which verb reads it, and does not read all of it itself.
    if trial.name == "inspect", damage.isOfMembers { codes.insert(0) }
    // A database and a log say how long they are; what is behind that does no harm.
    if ["ledger restore", "ledger repair"].contains(trial.name), damage.name == "huge" { codes.insert(0) }
    try expect(codes, damage.name, words(trial, at: index, place))
  }

  /// Damages a file of each kind in a directory in turn.
  private mutating func damageFolder(
    _ name: String, _ damage: Damage, _ trial: World.Trial, _ index: Int
  ) throws {
    for file in try filesOfEachKind(in: name) {
      let place = try copy(name)
      let path = folder.appending(path: place).appending(path: file)
      let good = try Data(contentsOf: path)
      try FileManager.default.removeItem(at: path)
      let isDocument = file.hasSuffix(".json")
      guard try damage.place(good, isDocument ? .document : .sealed, path) else { continue }
      // A file of a directory may not be needed, and rows of market data, pages of a database that are not
      // read and texts may differ without harm; what must not happen is a trap, a hang, or an exit code of
      // another kind.
      var codes: Set<Int32> = damage.codes(isDocument ? .document : .sealed).union([0, 2, 65, 66])
      if file == "desk.json" || file == "market.json" || file == "header.json" {
        codes = damage.codes(.document).union([65, 66])
      }
      if file.contains("sqlite") { codes.insert(74) }
      try expect(codes, damage.name, words(trial, at: index, place))
    }
  }

  /// The files of a directory, the first of those with the same folder and the same end of the name.
  private func filesOfEachKind(in name: String) throws -> [String] {
    let root = folder.appending(path: name)
    var seen: Set<String> = []
    return try FileManager.default.subpathsOfDirectory(atPath: root.path).sorted().filter { path in
      let url = root.appending(path: path)
      let values = try url.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
      guard values.isRegularFile == true, values.fileSize ?? 0 > 0 else { return false }
      let kind = URL(filePath: "/" + path).deletingLastPathComponent().path + "|" + url.pathExtension
      return seen.insert(kind).inserted
    }
  }

  /// Places that cannot be written to, and standard output that cannot.
  private mutating func damageOutputs() throws {
    try Data("here before\n".utf8).write(to: folder.appending(path: "taken"))
    try FileManager.default.createDirectory(
      at: folder.appending(path: "folder"), withIntermediateDirectories: true)
    for trial in world.trials {
      for (index, argument) in trial.arguments.enumerated() {
        guard case .output(let isFolder) = argument else { continue }
        let places = isFolder ? ["taken", "taken/inside"] : ["taken", "folder", "missing/file", "/dev/full"]
        for place in places {
          var codes: Set<Int32> = [74]
          // A register is read before it is written, and `new` makes folders.
          if trial.name == "drought record" { codes.formUnion([65, 66]) }
          if trial.name.hasPrefix("new "), place == "missing/file" { codes.insert(0) }
          try expect(codes, "output \(place)", words(trial, at: index, place))
        }
      }
    }
    guard try Data(contentsOf: folder.appending(path: "taken")) == Data("here before\n".utf8) else {
      faults.append("a file that was there was changed")
      return
    }
    for trial in world.trials {
      for output in [Command.Output.fullDevice, .closed] {
        for more in [[], ["--json"]] {
          // What a verb refuses it says on standard error.
          let codes: Set<Int32> = trial.exitCode == 0 || trial.exitCode == 74 ? [74] : [74, trial.exitCode]
          try expect(codes, "standard output \(output)", words(trial) + more, output: output)
        }
      }
    }
    try cleanUp()
    try keepDevices()
  }

  /// A device is written into and stays a device, with nothing beside it, whatever is written there, with and
  /// without --force.
  private mutating func keepDevices() throws {
    let place = folder.appending(path: "null").path
    guard Self.shell("mknod -m 666 '\(place)' c 1 3") == 0 else {
      print("devices: not tried, since none can be made here")
      return
    }
    for trial in world.trials {
      for (index, argument) in trial.arguments.enumerated() {
        guard case .output(let isFolder) = argument else { continue }
        for more in [[], ["--force"]] {
          // Not every verb replaces anything, and what is not a place for a folder or a database is refused.
          var codes: Set<Int32> = isFolder || trial.name == "ledger backup" ? [64, 74] : [0, 2, 64, 74]
          if trial.name == "drought record" { codes.insert(65) }
          try expect(codes, "output into a device", words(trial, at: index, "null") + more)
          guard Self.shell("test -c '\(place)'") == 0 else {
            faults.append("a device was replaced: \(try words(trial, at: index, "null") + more)")
            return
          }
          let beside = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix("null") && $0 != "null" }
          if !beside.isEmpty {
            faults.append("\(beside) left beside a device: \(try words(trial, at: index, "null") + more)")
            for file in beside { try FileManager.default.removeItem(at: folder.appending(path: file)) }
          }
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
        guard case .output = argument, trial.name != "drought record" else { continue }
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
    where name.contains(/^[a-z]+-[0-9]+/) && !Self.isKept(name) || name.hasPrefix("null.") {
      try FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }

  /// Whether a name that looks like one of a trial is of the world.
  private static func isKept(_ name: String) -> Bool { WorldFiles.texts[name] != nil }

  /// Prints the counts.
  func report() {
    for (name, count) in runsByDamage { print("\(name): \(count) runs") }
    print(
      "\(runs) runs of \(world.trials.count) verbs: \(traps) traps, \(hangs) hangs, \(wrong) wrong exit codes, "
        + "\(silent) silent acceptances")
  }
}
