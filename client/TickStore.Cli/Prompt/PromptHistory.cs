namespace TickStore.Cli;

/// <summary>
/// What was typed at the prompt before, kept in a file that only its owner may read. A history that cannot be read or
/// written costs the user nothing but the history.
/// </summary>
internal sealed class PromptHistory
{
    private const int EntriesMax = 1000;

    private readonly string? path;
    private readonly List<string> entries = [];

    public PromptHistory(string? path)
    {
        this.path = path;
        try
        {
            if (path is not null && File.Exists(path))
            {
                entries.AddRange(File.ReadLines(path).TakeLast(EntriesMax).Select(Unfold));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            this.path = null;
        }
    }

    /// <summary>The file: in <c>$XDG_STATE_HOME</c> where that is set, else in the home folder.</summary>
    public static string? DefaultPath
    {
        get
        {
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            if (!string.IsNullOrEmpty(state))
            {
                return Path.Combine(state, "tickstore_history");
            }

            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return home.Length == 0 ? null : Path.Combine(home, ".tickstore_history");
        }
    }

    /// <summary>How many entries there are.</summary>
    public int Count => entries.Count;

    /// <summary>An entry; 0 is the oldest. Statements of several lines are one entry.</summary>
    public string this[int index] => entries[index];

    /// <summary>Adds an entry, unless it repeats the one before.</summary>
    public void Add(string entry)
    {
        if (entries.Count > 0 && entries[^1] == entry)
        {
            return;
        }

        entries.Add(entry);
        if (path is null)
        {
            return;
        }

        try
        {
            var isNew = !File.Exists(path);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.AppendAllText(path, Fold(entry) + "\n");
            if (isNew && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next prompt does without; this one still has the entry.
        }
    }

    private static string Fold(string entry) =>
        entry.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Unfold(string line)
    {
        var text = new System.Text.StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            var isEscape = line[i] == '\\' && i + 1 < line.Length;
            text.Append(
                isEscape
                    ? line[++i] == 'n'
                        ? '\n'
                        : line[i]
                    : line[i]
            );
        }

        return text.ToString();
    }
}
