namespace TickStore.Storage;

/// <summary>What a check of all files found.</summary>
/// <param name="FileCount">Files read; the log counts as one.</param>
/// <param name="Findings">Each fault; empty where all is well.</param>
public sealed record CheckReport(int FileCount, IReadOnlyList<CheckFinding> Findings)
{
    /// <summary>True where nothing is wrong.</summary>
    public bool IsClean => Findings.Count == 0;
}

/// <summary>A fault in a file.</summary>
/// <param name="Path">The file, or the log's folder.</param>
/// <param name="Message">What does not hold, and where.</param>
public sealed record CheckFinding(string Path, string Message);
