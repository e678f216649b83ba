// A desk that appends to a ledger on PostgreSQL, made to be killed: see Scripts/fail-over.sh.
//
//     LedgerDesk key <file>
//     LedgerDesk run <connection> <schema> <key file> <name> <milliseconds between two commits> [turns]
//     LedgerDesk audit <connection> <schema> <key file> <what desks have said>...
//
// With "run" it asks for the seat, follows while another desk has it, and appends while it has it; with
// "turns" it asks for no seat and appends in its turn. It prints a line, with the milliseconds since the
// machine started before it, for each thing that happens: its role, every commit that was acknowledged, and
// every commit that was not, with the name of what was to be recorded. "audit" reads the log from its first
// entry and compares it with what was said.

import Admission
import Foundation
import PostgresStore
import WriterElection

let arguments = CommandLine.arguments

/// Of keys that guard nothing.
func passphrase() -> Passphrase {
  guard let passphrase = Passphrase(Array("trial".utf8)) else { fail("no memory", 70) }
  return passphrase
}

/// Ends with a line.
func fail(_ text: String, _ code: Int32 = 64) -> Never {
  FileHandle.standardError.write(Data("LedgerDesk: \(text)\n".utf8))
  exit(code)
}

/// Prints a line at once, in one piece, with the time.
func say(_ line: String) {
  let milliseconds = UInt64(ProcessInfo.processInfo.systemUptime * 1_000)
  FileHandle.standardOutput.write(Data("\(milliseconds) \(line)\n".utf8))
}

func signer(_ path: String) throws -> LogSigner {
  let file = try Data(contentsOf: URL(filePath: path))
  return try LogSigner(KeyFile.open(Array(file), with: passphrase()))
}

switch arguments.dropFirst().first {
case "key" where arguments.count == 3:
  let key = SigningKey.random(role: .venue)
  let file = try KeyFile.sealed(key, with: passphrase(), cost: .interactive)
  try Data(file).write(to: URL(filePath: arguments[2]))
case "run" where arguments.count == 7 || arguments.count == 8 && arguments[7] == "turns":
  guard let pause = UInt32(arguments[6]) else { fail("the pause is a number of milliseconds") }
  try Work(
    PostgresConfiguration(connection: arguments[2], schema: arguments[3]), signer: signer(arguments[4]),
    name: arguments[5], pause: pause, takesTurns: arguments.count == 8
  ).run()
case "audit" where arguments.count >= 5:
  try Inquiry(
    PostgresConfiguration(connection: arguments[2], schema: arguments[3]), signer: signer(arguments[4]),
    said: arguments.dropFirst(5).map { try String(contentsOfFile: $0, encoding: .utf8) }
  ).report()
default: fail("usage: see the source")
}
