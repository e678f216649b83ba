import Foundation

/// The command under test, run with a limit of time.
struct Command {
  /// How a run ended.
  enum End: Hashable {
    case exit(Int32)
    case signal(Int32)
    case hang
  }

  /// What a run left behind.
  struct Outcome {
    let end: End
    let output: String
    let errors: String
  }

  /// Where standard output goes.
  enum Output: String, CaseIterable {
    case file, fullDevice, closed
  }

  let tool: String
  let folder: URL
  private static let seconds = 60.0

  /// Runs the command in its folder.
  func run(_ arguments: [String], output: Output = .file) throws -> Outcome {
    let (out, err) = (folder.appending(path: ".out"), folder.appending(path: ".err"))
    for file in [out, err] { try Data().write(to: file) }
    let process = Process()
    process.currentDirectoryURL = folder
    process.environment = ["PATH": "/usr/bin:/bin", "SOLVENCY_PASSPHRASE": World.passphrase]
    // A shell closes what is to be closed, and becomes the command.
    let script = output == .closed ? #"exec "$@" >&-"# : #"exec "$@""#
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", script, "sh", tool] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(
      forWritingTo: output == .fullDevice ? URL(filePath: "/dev/full") : out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    let end = Date.now.addingTimeInterval(Self.seconds)
    while process.isRunning, Date.now < end { usleep(1_000) }
    let hangs = process.isRunning
    if hangs { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return Outcome(
      end: hangs
        ? .hang
        : process.terminationReason == .exit
          ? .exit(process.terminationStatus) : .signal(process.terminationStatus),
      output: String(decoding: try Data(contentsOf: out), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: err), as: UTF8.self))
  }
}
