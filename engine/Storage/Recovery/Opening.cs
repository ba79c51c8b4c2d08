using TickStore.Core;
using TickStore.Storage.Catalog;
using TickStore.Storage.Devices;
using TickStore.Storage.Head;
using TickStore.Storage.Log;

namespace TickStore.Storage.Recovery;

/// <summary>
/// Brings a folder to life: manifest, symbols and segments first, then the log from where the manifest says, so that
/// the state is the one that the last durable frame left. A folder that is not there, or empty, becomes a new database.
/// </summary>
internal static class Opening
{
    private const string LockName = "LOCK";
    private const string LogName = "log";

    /// <summary>Takes the lock of a folder, making the folder if need be; refuses one that holds something
    /// else.</summary>
    public static IDisposable Lock(IFileSystem files, string folder, StorageOptions options)
    {
        if (!files.DirectoryExists(folder))
        {
            if (files.FileExists(folder))
            {
                NotADatabase(folder, "it is a file");
            }

            RefuseFileAbove(files, folder);
            files.CreateDirectory(folder);
        }

        // Before the lock file is made: nothing is added to a folder that is not ours.
        RefuseForeign(files, folder);
        return files.LockDatabase(Path.Combine(folder, LockName), options.Program, options.Time);
    }

    /// <summary>Reads the manifest, or makes the first one. Under the lock.</summary>
    public static Manifest ReadOrCreate(IFileSystem files, string folder)
    {
        var manifestPath = Path.Combine(folder, Manifest.FileName);
        if (files.FileExists(manifestPath))
        {
            files.DeleteFile(manifestPath + ".tmp");
            return Manifest.Read(files, manifestPath);
        }

        if (
            files.DirectoryExists(Path.Combine(folder, LogName))
            && files.ListFiles(Path.Combine(folder, LogName)).Count > 0
        )
        {
            Throw.Corrupt(manifestPath, "the manifest is missing, and the folder holds a database's log");
        }

        files.CreateDirectory(Path.Combine(folder, SegmentStore.FolderName));
        SymbolFile.Create(files, Path.Combine(folder, SymbolFile.FileName));
        var manifest = new Manifest
        {
            Checkpoint = 0,
            ReplayPosition = 0,
            StatePosition = 0,
            Epoch = 0,
            NextSequence = 1,
            LastIngestNanos = 0,
            NextTableId = 1,
            NextSourceId = 1,
            NextFileNumber = 1,
            SymbolCount = 0,
            SymbolFileBytes = SymbolFile.HeaderBytes,
            Tables = [],
            EpochStarts = [],
        };
        files.WriteAtomically(manifestPath, manifest.ToBytes());
        return manifest;
    }

    /// <summary>Makes the state that the manifest notes: everything but rows that only the log has.</summary>
    public static void Restore(Manifest manifest, DatabaseState state, SegmentStore segments)
    {
        segments.NextFileNumber = manifest.NextFileNumber;
        state.LoggedSymbolCount = manifest.SymbolCount;
        foreach (var noted in manifest.Tables)
        {
            if (state.Tables.Find(noted.Id) is not null || state.Tables.Find(noted.Schema.Name) is not null)
            {
                Throw.Corrupt(Manifest.FileName, $"table {noted.Schema.Name} ({noted.Id}) is there twice");
            }

            var table = state.Add(noted.Id, noted.Schema);
            table.SealedThroughSequence = noted.SealedThroughSequence;
            table.Counters = noted.Counters;
            foreach (var source in noted.Sources)
            {
                table.Watermark.Apply(source.SourceId, source.NewestNanos, noted.Watermark);
            }

            table.Watermark.Apply(0, long.MinValue, noted.Watermark);
            var handles = new List<SegmentHandle>();
            try
            {
                foreach (var entry in noted.Segments)
                {
                    handles.Add(segments.Open(noted, entry));
                }

                table.Versions.Swap(TableVersion.Create([.. handles], []));
            }
            finally
            {
                foreach (var handle in handles)
                {
                    handle.Release();
                }
            }
        }

        state.Epoch = manifest.Epoch;
        state.EpochStarts.Restore(manifest.EpochStarts);
        state.NextSequence = manifest.NextSequence;
        state.LastIngestNanos = manifest.LastIngestNanos;
        state.NextTableId = manifest.NextTableId;
        state.NextSourceId = manifest.NextSourceId;
    }

    /// <summary>Opens the log and applies its frames; then every source of former openings has ended.</summary>
    public static LogWriter Replay(
        IFileSystem files,
        string folder,
        StorageOptions options,
        Manifest manifest,
        DatabaseState state,
        Action<long> durableAdvanced
    )
    {
        var replayer = new FrameReplayer(state, manifest.StatePosition);
        var logOptions = new LogOptions
        {
            SegmentBytes = options.LogSegmentBytes,
            BufferBytes = options.LogBufferBytes,
            PrepareInBackground = options.BackgroundWork,
            MustExist = manifest.Checkpoint > 0,
            DurableAdvanced = durableAdvanced,
        };
        var log = LogWriter.Open(files, LogFolder(folder), logOptions, manifest.ReplayPosition, replayer.Apply);
        state.CloseAllSources();
        state.Epoch = log.Epoch;
        state.EpochStarts.Add(log.Epoch, state.NextSequence - 1);
        return log;
    }

    /// <summary>
    /// Notes that there is a log now, once: without this, a database that was never sealed and whose log went missing would look like a
    /// new one, and open without its rows.
    /// </summary>
    public static Manifest NoteLog(IFileSystem files, string folder, Manifest manifest)
    {
        if (manifest.Checkpoint > 0)
        {
            return manifest;
        }

        var noted = manifest with { Checkpoint = 1 };
        files.WriteAtomically(Path.Combine(folder, Manifest.FileName), noted.ToBytes());
        return noted;
    }

    /// <summary>The folder of the log's files.</summary>
    public static string LogFolder(string folder) => Path.Combine(folder, LogName);

    private static void RefuseForeign(IFileSystem files, string folder)
    {
        if (files.FileExists(Path.Combine(folder, Manifest.FileName)))
        {
            return;
        }

        var foreign =
            files
                .ListFiles(folder)
                .FirstOrDefault(name => name is not (LockName or SymbolFile.FileName or Manifest.FileName + ".tmp"))
            ?? files.ListDirectories(folder).FirstOrDefault(name => name is not (LogName or SegmentStore.FolderName));
        if (foreign is not null)
        {
            NotADatabase(folder, $"it holds {foreign}, and no manifest");
        }
    }

    private static void RefuseFileAbove(IFileSystem files, string folder)
    {
        for (var above = Path.GetDirectoryName(folder); above is { Length: > 0 }; above = Path.GetDirectoryName(above))
        {
            if (files.FileExists(above))
            {
                NotADatabase(folder, $"{above} is a file");
            }
        }
    }

    private static void NotADatabase(string folder, string why) =>
        throw new TickStoreException(
            ErrorCode.NotADatabase,
            $"{folder} is not a database: {why}. A new database needs an empty folder, or none of that name"
        )
        {
            Location = folder,
        };
}
