using System.Runtime.CompilerServices;

namespace TickStore.Tests.Cli;

/// <summary>
/// A database that the command line itself imported from the repository's samples: <c>eurusd</c> (25,177 quotes) and
/// <c>s600519_orders</c>, <c>_trades</c>, <c>_snapshots</c> (86,979 rows). Tests of the collection only read it.
/// </summary>
public sealed class SampleDatabase : IDisposable
{
    private readonly TempFolder folder = new();

    public SampleDatabase()
    {
        Cli.Succeed(
            "import",
            "--db",
            Path,
            "--table",
            "eurusd",
            Sample("lean/forex/oanda/tick/eurusd/20140505_quote.zip")
        );
        Cli.Succeed("import", "--db", Path, "--table", "s600519", Sample("china-l2/600519_20230201/20230201.zip"));
    }

    /// <summary>The database's folder.</summary>
    public string Path => folder["market"];

    /// <summary>The repository's root.</summary>
    public static string Repository { get; } = FindRoot();

    /// <summary>Path of a sample.</summary>
    public static string Sample(string path) => System.IO.Path.Combine(Repository, "samples", path);

    public void Dispose() => folder.Dispose();

    private static string FindRoot([CallerFilePath] string thisFile = "") =>
        System.IO.Path.GetFullPath(
            System.IO.Path.Combine(System.IO.Path.GetDirectoryName(thisFile)!, "..", "..", "..")
        );
}

/// <summary>One sample database for all its tests, which run one after the other: a database has one process at a time.</summary>
[CollectionDefinition(Name)]
public sealed class SampleCollection : ICollectionFixture<SampleDatabase>
{
    public const string Name = "sample database";
}
