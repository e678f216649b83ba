import Foundation

// Every verb with every damage to every file that it reads, every place that it writes to, and its output.
//
//     DamagedFiles <solvency> <package> <empty folder>
//
// Prints counts and each fault, and ends with 1 if there is one.

let arguments = CommandLine.arguments
guard arguments.count == 4 else {
  print("usage: DamagedFiles <solvency> <package> <empty folder>")
  exit(64)
}
let folder = URL(filePath: arguments[3])
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
let world = try World(
  command: Command(tool: URL(filePath: arguments[1]).path, folder: folder), package: arguments[2])
var check = DamageCheck(world: world)
try check.run()
check.report()
exit(check.faults.isEmpty ? 0 : 1)
