// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: imports stay internal unless they say otherwise, members come
/// from modules imported by name, and existentials are spelled out.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// Targets that call C mark each unsafe expression.
let strictWithC: [SwiftSetting] = strict + [.strictMemorySafety()]

/// Verbs, the demonstration and most tests: what runs long stands in other targets. Optimised, verbs and
/// demonstration take a sixth of the time of a build and gain next to nothing, tests twice as long to
/// compile. No library contains them: a package that depends on this one could not use it, for the flag.
let unoptimised: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let package = Package(
  name: "solvency",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "solvency", targets: ["SolvencyTool"]),
    // The trader's side: commit, explain, prove, guard, escrow.
    .library(name: "SolvencyProver", targets: ["SolvencyProver"]),
    // The verifier's side: proofs one by one, in batches, as streams. It contains no engine.
    .library(name: "SolvencyVerifier", targets: ["SolvencyVerifier"]),
    // The venue's own solvency: an auditor's and a trader's side, and what the venue proves with.
    .library(name: "VenueSolvency", targets: ["VenueSolvency"]),
    .library(name: "VenueSolvencyProver", targets: ["VenueSolvencyProver"]),
    // The desk, with a ledger in memory or on SQLite.
    .library(name: "Admission", targets: ["Admission", "AdmissionStore"]),
    // From market data to risk snapshots.
    .library(name: "RiskEngine", targets: ["RiskEngine"]),
    // The proof system alone: statements and their argument, range proofs, the circuit language.
    .library(name: "ProofSystem", targets: ["CircuitProofs", "RangeProofs", "CircuitLanguage"]),
    // What follows a margin call: ladder, auction, waterfall, clearing.
    .library(name: "Liquidation", targets: ["Liquidation"]),
    // What a crash would do to a venue: simulation over the engine and the rules of liquidation.
    .library(name: "StressLaboratory", targets: ["StressLab"]),
    // Logs that anybody can check: Merkle trees, checkpoints, tiles, receipts, witnesses. It knows nothing of
    // margin.
    .library(name: "TransparencyLog", targets: ["TransparencyLog"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // System libraries.
    .systemLibrary(
      name: "CSodium", pkgConfig: "libsodium",
      providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
    .systemLibrary(
      name: "CGMP", pkgConfig: "gmp",
      providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),

    // Kernels in C for processors with wide vectors, called by Ristretto where they can run;
    // Scripts/check-kernels.sh checks them alone.
    .target(name: "CRistretto"),

    // The barrier that keeps the optimiser from turning a mask on a secret into a branch.
    .target(name: "CConstantTime"),

    // From the bottom up: each target imports only targets above it in this list.
    .target(
      name: "ExactIntegers", dependencies: ["CConstantTime", "CGMP"], swiftSettings: strictWithC),
    .target(
      name: "CanonicalBytes", dependencies: ["ExactIntegers", "CSodium"], swiftSettings: strictWithC),
    .target(
      name: "TransparencyLog", dependencies: ["CanonicalBytes", "CSodium"], swiftSettings: strictWithC),
    .target(
      name: "Ristretto", dependencies: ["CRistretto", "CConstantTime", "CSodium"],
      swiftSettings: strictWithC),
    .target(name: "Merlin", dependencies: ["Ristretto"], swiftSettings: strictWithC),
    .target(
      name: "ProofCore", dependencies: ["Ristretto", "CanonicalBytes", "ExactIntegers"],
      swiftSettings: strict),
    .target(
      name: "CircuitProofs",
      dependencies: [
        "ProofCore", "Merlin", "Ristretto", "CanonicalBytes", "ExactIntegers", "CConstantTime",
      ],
      swiftSettings: strictWithC),
    .target(
      name: "RangeProofs",
      dependencies: [
        "CircuitProofs", "ProofCore", "Merlin", "Ristretto", "CanonicalBytes", "ExactIntegers",
      ],
      swiftSettings: strict),
    .target(
      name: "CircuitLanguage",
      dependencies: ["CircuitProofs", "Ristretto", "CanonicalBytes", "ExactIntegers"],
      swiftSettings: strict),
    .target(
      name: "MarginRules", dependencies: ["CanonicalBytes", "ExactIntegers"], swiftSettings: strict),
    .target(
      name: "MarketData", dependencies: ["CanonicalBytes", "ExactIntegers", "CZlib"],
      swiftSettings: strictWithC),
    .target(name: "RiskModels", dependencies: ["MarketData"], swiftSettings: strict),
    .target(
      name: "RiskEngine",
      dependencies: ["MarginRules", "RiskModels", "MarketData", "CanonicalBytes", "ExactIntegers"],
      swiftSettings: strictWithC),
    // What a venue does with accounts that miss their margin, in integers alone.
    .target(
      name: "Liquidation", dependencies: ["MarginRules", "CanonicalBytes", "ExactIntegers"],
      swiftSettings: strict),
    .target(
      name: "StressLab",
      dependencies: [
        "Liquidation", "RiskEngine", "MarginRules", "RiskModels", "MarketData", "CanonicalBytes",
      ],
      swiftSettings: strict),
    .target(
      name: "Solvency",
      dependencies: [
        "TransparencyLog", "MarginRules", "CircuitLanguage", "CircuitProofs", "ProofCore", "CanonicalBytes",
        "Ristretto", "ExactIntegers", "CSodium",
      ],
      swiftSettings: strictWithC),
    .target(
      name: "SolvencyVerifier",
      dependencies: [
        "Solvency", "MarginRules", "CanonicalBytes", "CircuitLanguage", "CircuitProofs", "ProofCore",
        "Ristretto",
      ],
      swiftSettings: strict),
    .target(
      name: "SolvencyProver",
      dependencies: [
        "SolvencyVerifier", "Solvency", "CircuitLanguage", "CircuitProofs", "ProofCore", "Merlin",
        "MarginRules", "CanonicalBytes", "Ristretto", "ExactIntegers", "CSodium",
      ],
      swiftSettings: strictWithC),
    .target(
      name: "Admission",
      dependencies: [
        "TransparencyLog", "Liquidation",
        "SolvencyVerifier", "Solvency", "MarginRules", "CircuitLanguage", "CircuitProofs",
        "ProofCore", "CanonicalBytes", "Ristretto", "ExactIntegers",
      ],
      swiftSettings: strictWithC),
    .target(
      name: "AdmissionStore",
      dependencies: ["Admission", "TransparencyLog", "Solvency", "MarginRules", "CanonicalBytes", "CSQLite"],
      swiftSettings: strictWithC),
    // The venue's own solvency: rolls of accounts, audits that are shared out, totals against reserves.
    .target(
      name: "VenueSolvency",
      dependencies: [
        "TransparencyLog", "SolvencyVerifier", "Solvency", "MarginRules", "CircuitLanguage", "CircuitProofs",
        "ProofCore", "CanonicalBytes", "Ristretto", "ExactIntegers",
      ],
      swiftSettings: strict),
    .target(
      name: "VenueSolvencyProver",
      dependencies: [
        "VenueSolvency", "TransparencyLog", "SolvencyProver", "SolvencyVerifier", "Solvency", "MarginRules",
        "CircuitProofs", "ProofCore", "CanonicalBytes", "Ristretto",
      ],
      swiftSettings: strict),
    // The attack that the trader's guard is measured against.
    .target(
      name: "LeakSimulation", dependencies: ["SolvencyProver", "Solvency", "MarginRules", "CanonicalBytes"],
      swiftSettings: strict),
    // The command, in parts that compile side by side.
    .target(
      name: "CommandSupport",
      dependencies: [
        "Liquidation", "VenueSolvencyProver", "VenueSolvency", "TransparencyLog",
        "AdmissionStore", "Admission", "LeakSimulation", "SolvencyProver", "SolvencyVerifier", "Solvency",
        "RiskEngine", "MarginRules",
        "MarketData", "CircuitLanguage", "CircuitProofs", "RangeProofs", "ProofCore",
        "Ristretto", "CanonicalBytes", "ExactIntegers",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strictWithC),
    .target(
      name: "KnownAnswers",
      dependencies: [
        "CommandSupport", "CircuitProofs", "ProofCore", "Merlin", "Ristretto", "CanonicalBytes",
        "ExactIntegers",
      ],
      swiftSettings: strict),
    .target(
      name: "Demonstration",
      dependencies: [
        "Liquidation", "VenueSolvencyProver", "VenueSolvency", "TransparencyLog",
        "CommandSupport", "AdmissionStore", "Admission", "SolvencyProver", "SolvencyVerifier", "Solvency",
        "RiskEngine", "MarginRules",
        "MarketData", "CircuitLanguage", "CircuitProofs", "ProofCore",
        "Ristretto", "CanonicalBytes",
      ],
      swiftSettings: strictWithC + unoptimised),
    .target(
      name: "Benchmarking",
      dependencies: [
        "Liquidation", "StressLab", "TransparencyLog",
        "CommandSupport", "AdmissionStore", "Admission", "SolvencyProver",
        "SolvencyVerifier", "Solvency", "RiskEngine", "MarginRules",
        "MarketData", "CircuitLanguage", "CircuitProofs", "RangeProofs", "ProofCore", "Merlin",
        "Ristretto", "CanonicalBytes", "ExactIntegers", "CSodium",
      ],
      swiftSettings: strictWithC),
    .executableTarget(
      name: "SolvencyTool",
      dependencies: [
        "Liquidation", "StressLab", "VenueSolvencyProver", "VenueSolvency", "TransparencyLog",
        "Benchmarking", "Demonstration", "KnownAnswers", "CommandSupport", "AdmissionStore", "Admission",
        "SolvencyProver", "SolvencyVerifier", "Solvency", "RiskEngine", "MarginRules",
        "RiskModels", "MarketData", "CircuitLanguage", "CircuitProofs", "RangeProofs", "ProofCore",
        "Ristretto", "CanonicalBytes", "ExactIntegers",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strictWithC + unoptimised),

    // What outside bytes are decoded by, each behind one entry point, and the inputs to begin with.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Admission", "TransparencyLog", "SolvencyProver", "SolvencyVerifier", "Solvency", "RiskEngine",
        "MarginRules", "MarketData", "CircuitLanguage", "CircuitProofs", "RangeProofs", "ProofCore", "Merlin",
        "Ristretto",
        "ExactIntegers", "CanonicalBytes", "TestSupport",
      ],
      path: "Fuzz/Targets", swiftSettings: strict),

    // Tests.
    .target(
      name: "TestSupport",
      dependencies: ["MarginRules", "MarketData", "CanonicalBytes"],
      path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "ExactIntegersTests", dependencies: ["ExactIntegers", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "CanonicalBytesTests", dependencies: ["CanonicalBytes", "ExactIntegers", "TestSupport"],
      swiftSettings: strict + unoptimised),
    .testTarget(
      name: "TransparencyLogTests", dependencies: ["TransparencyLog", "CanonicalBytes", "TestSupport"],
      swiftSettings: strict + unoptimised),
    .testTarget(
      name: "RistrettoTests", dependencies: ["Ristretto", "CanonicalBytes", "CSodium"],
      swiftSettings: strict),
    .testTarget(
      name: "MerlinTests", dependencies: ["Merlin", "Ristretto", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ProofCoreTests",
      dependencies: ["ProofCore", "Ristretto", "CanonicalBytes", "ExactIntegers", "TestSupport"],
      swiftSettings: strict + unoptimised),
    .testTarget(
      name: "CircuitProofsTests",
      dependencies: [
        "CircuitProofs", "ProofCore", "Merlin", "Ristretto", "CanonicalBytes", "ExactIntegers", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "RangeProofsTests",
      dependencies: [
        "RangeProofs", "CircuitProofs", "ProofCore", "Merlin", "Ristretto", "CanonicalBytes", "ExactIntegers",
        "TestSupport",
      ],
      swiftSettings: strict + unoptimised),
    .testTarget(
      name: "CircuitLanguageTests",
      dependencies: [
        "CircuitLanguage", "CircuitProofs", "ProofCore", "Ristretto", "CanonicalBytes", "ExactIntegers",
        "TestSupport",
      ],
      swiftSettings: strict + unoptimised),
    .testTarget(
      name: "MarketDataTests",
      dependencies: ["MarketData", "CanonicalBytes", "TestSupport"],
      swiftSettings: strict + unoptimised),
    .testTarget(
      name: "RiskModelsTests",
      dependencies: ["RiskModels", "MarketData", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "MarginRulesTests",
      dependencies: ["MarginRules", "CanonicalBytes", "ExactIntegers", "TestSupport"],
      swiftSettings: strict + unoptimised),
    .testTarget(
      name: "RiskEngineTests",
      dependencies: [
        "RiskEngine", "MarginRules", "RiskModels", "MarketData", "CanonicalBytes", "ExactIntegers",
        "TestSupport",
      ],
      swiftSettings: strict + unoptimised),
    .testTarget(
      name: "LiquidationTests",
      dependencies: ["Liquidation", "MarginRules", "CanonicalBytes", "TestSupport"],
      swiftSettings: strict + unoptimised),
    .testTarget(
      name: "StressLabTests",
      dependencies: [
        "StressLab", "Liquidation", "RiskEngine", "MarginRules", "RiskModels", "CanonicalBytes",
        "TestSupport",
      ],
      swiftSettings: strict + unoptimised),
    .testTarget(
      name: "SolvencyTests",
      dependencies: [
        "StressLab", "Liquidation", "LeakSimulation", "Admission", "VenueSolvency", "SolvencyProver",
        "SolvencyVerifier", "Solvency", "RiskEngine",
        "MarginRules", "CircuitLanguage", "CircuitProofs", "ProofCore", "CanonicalBytes",
        "Ristretto", "ExactIntegers", "MarketData", "FuzzTargets", "TestSupport",
      ],
      swiftSettings: strict + unoptimised),
    .testTarget(
      name: "VenueSolvencyTests",
      dependencies: [
        "VenueSolvencyProver", "VenueSolvency", "TransparencyLog", "SolvencyProver", "SolvencyVerifier",
        "Solvency",
        "MarginRules", "CircuitLanguage", "CircuitProofs", "ProofCore", "CanonicalBytes", "Ristretto",
        "TestSupport",
      ],
      swiftSettings: strict + unoptimised),
    .executableTarget(
      name: "LedgerLoad",
      dependencies: [
        "AdmissionStore", "Admission", "TransparencyLog", "Solvency", "CircuitLanguage", "MarginRules",
        "CanonicalBytes", "Ristretto", "TestSupport",
      ],
      path: "Tests/LedgerLoad", swiftSettings: strict),
    .testTarget(
      name: "AdmissionTests",
      dependencies: [
        "LedgerLoad", "FuzzTargets", "AdmissionStore", "Admission", "Liquidation", "TransparencyLog",
        "SolvencyProver", "SolvencyVerifier", "Solvency", "MarginRules",
        "CircuitLanguage", "CircuitProofs", "ProofCore", "CanonicalBytes", "Ristretto",
        "CSQLite", "TestSupport",
      ],
      swiftSettings: strict + unoptimised),
    .testTarget(
      name: "SolvencyToolTests", dependencies: ["TestSupport", "CanonicalBytes"],
      swiftSettings: strict + unoptimised),
    .executableTarget(
      name: "DamagedFiles", dependencies: ["TestSupport", "Solvency"], path: "Tests/DamagedFiles",
      swiftSettings: strict),
    .executableTarget(
      name: "Fuzz", dependencies: ["FuzzTargets"], path: "Fuzz/Runner",
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
