using System.Globalization;
using TickStore.Core;
using TickStore.Storage.Devices;

namespace TickStore.Storage.Log;

/// <summary>One segment of the log on disk.</summary>
/// <param name="BasePosition">Log position of its first byte.</param>
/// <param name="LengthBytes">File length; the next segment's base is <c>BasePosition + LengthBytes</c>.</param>
/// <param name="Path">Its file.</param>
internal readonly record struct LogSegment(long BasePosition, long LengthBytes, string Path)
{
    public long EndPosition => BasePosition + LengthBytes;

    /// <summary>Where its first batch stands.</summary>
    public long DataStart => BasePosition + LogFormat.SegmentHeaderBytes;
}

/// <summary>
/// The folder of segment files: <c>log-&lt;base as 16 hex digits&gt;.seg</c> are the log,
/// <c>spare-&lt;n&gt;.seg</c> are files of the usual length kept for the next ones. All bytes of a spare have been
/// written before: writing them again changes no extents, so that its syncs need not wait for a file system's
/// journal, nor for what other files put there. A file gets a log name only when its length, its header and both
/// their syncs are done, so that a named segment that is short or has a bad header is damage, never an accident of
/// timing. Safe for any thread; changes are made by one at a time, and nobody who only looks a segment up waits for
/// the device.
/// </summary>
internal sealed class LogSegments
{
    private const string SparePrefix = "spare-";
    private const string PreparingName = "preparing.seg";
    private const string MakingName = "making.seg";
    private const int ZeroedAtOnceBytes = 1 << 20;
    private const int ZeroedPerSyncBytes = 4 << 20;

    private readonly Lock _deviceGate = new();
    private readonly Lock _preparingGate = new();
    private readonly Lock _gate = new();
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly long _segmentBytes;
    private readonly int _sparesMax;
    private readonly List<LogSegment> _segments = [];
    private readonly Stack<string> _spares = new();
    private int _nextSpare;

    /// <summary>The segments of a folder; none before <see cref="Load"/>.</summary>
    /// <param name="files">The device.</param>
    /// <param name="directory">The folder.</param>
    /// <param name="segmentBytes">Length of a usual segment.</param>
    /// <param name="sparesMax">Retired segments that are kept for reuse at most.</param>
    public LogSegments(IFileSystem files, string directory, long segmentBytes, int sparesMax = 1)
    {
        (_files, _directory, _segmentBytes, _sparesMax) = (files, directory, segmentBytes, sparesMax);
    }

    /// <summary>Where the files are.</summary>
    public string Folder => _directory;

    /// <summary>The random id of this log; zero until it is loaded or made.</summary>
    public ulong LogId { get; set; }

    /// <summary>The segments from the oldest on.</summary>
    public IReadOnlyList<LogSegment> All
    {
        get
        {
            lock (_gate)
                return _segments.ToArray();
        }
    }

    /// <summary>Reads the folder and validates every segment that may hold <paramref name="fromPosition"/> or later.
    /// Segments wholly before it are leftovers of a truncation that a crash cut short: they are not looked
    /// into.</summary>
    /// <returns>False if the folder holds no log.</returns>
    public bool Load(long fromPosition)
    {
        lock (_deviceGate)
        {
            var bases = new List<long>();
            foreach (var name in _files.ListFiles(_directory))
            {
                if (TryParseName(name, out var basePosition))
                    bases.Add(basePosition);
            }

            bases.Sort();
            if (bases.Count == 0)
                return false;
            var first = bases.FindLastIndex(b => b <= fromPosition);
            if (first < 0)
            {
                Throw.Corrupt(
                    PathOf(bases[0]),
                    $"the log starts at position {bases[0]}, but is needed from "
                        + $"{fromPosition} on: earlier segment files are missing"
                );
            }

            for (var i = first; i < bases.Count; i++)
                _segments.Add(ReadHeader(bases[i]));
            for (var i = 0; i < first; i++)
                _segments.Insert(i, new LogSegment(bases[i], bases[i + 1] - bases[i], PathOf(bases[i])));
            for (var i = first + 1; i < bases.Count; i++)
            {
                var expected = _segments[i - 1].EndPosition;
                if (bases[i] != expected)
                    Throw.Corrupt(
                        PathOf(expected),
                        $"the segment file is missing: "
                            + $"{Path.GetFileName(_segments[i - 1].Path)} ends at {expected}, the next one begins at "
                            + $"{bases[i]}"
                    );
            }

            if (fromPosition >= _segments[^1].EndPosition)
            {
                Throw.Corrupt(
                    PathOf(_segments[^1].EndPosition),
                    $"the segment file is missing: the log is "
                        + $"needed from position {fromPosition} on, but its last segment ends at "
                        + $"{_segments[^1].EndPosition}"
                );
            }

            return true;
        }
    }

    /// <summary>Deletes what a crash left half-made and sees which spares of the right length there are.</summary>
    public void LoadSpares()
    {
        lock (_deviceGate)
        {
            _files.DeleteFile(InDirectory(PreparingName));
            _files.DeleteFile(InDirectory(MakingName));
            foreach (var name in _files.ListFiles(_directory).Where(IsSpare).Order(StringComparer.Ordinal))
            {
                var path = InDirectory(name);
                bool isUsual;
                using (var spare = _files.Open(path, FileOpenMode.Read))
                    isUsual = spare.Length == _segmentBytes;
                if (isUsual && _spares.Count < _sparesMax)
                    _spares.Push(path);
                else
                    _files.DeleteFile(path);
            }
        }
    }

    /// <summary>The segment that holds a position.</summary>
    /// <returns>False if it was truncated away or does not exist yet.</returns>
    public bool TryFind(long position, out LogSegment segment)
    {
        lock (_gate)
        {
            for (var i = _segments.Count - 1; i >= 0; i--)
            {
                segment = _segments[i];
                if (position >= segment.BasePosition)
                    return position < segment.EndPosition;
            }

            segment = default;
            return false;
        }
    }

    /// <summary>Opens a segment's file.</summary>
    public IFile Open(LogSegment segment, FileOpenMode mode) => _files.Open(segment.Path, mode);

    /// <summary>Makes the segment that begins at <paramref name="basePosition"/>, durably: from the spare if it has the
    /// wanted length, else from nothing.</summary>
    public LogSegment Add(long basePosition, long lengthBytes)
    {
        lock (_deviceGate)
        {
            var reuse = lengthBytes == _segmentBytes && _spares.Count > 0;
            var source = reuse ? _spares.Pop() : InDirectory(MakingName);
            if (!reuse)
                _files.DeleteFile(source);
            using (var file = _files.Open(source, reuse ? FileOpenMode.ReadWrite : FileOpenMode.CreateNew))
            {
                if (!reuse)
                    file.Allocate(lengthBytes);
                var header = new byte[LogFormat.SegmentHeaderBytes];
                new SegmentHeader(LogFormat.Version, LogId, basePosition, lengthBytes).Write(header);
                file.WriteAt(header, 0);
                file.Sync();
            }

            var segment = new LogSegment(basePosition, lengthBytes, PathOf(basePosition));
            _files.Rename(source, segment.Path);
            _files.SyncDirectory(_directory);
            lock (_gate)
                _segments.Add(segment);
            return segment;
        }
    }

    /// <summary>Makes a spare if there is none, zeroed in small parts so that no sync of the log waits behind much. It takes as
    /// long as the device needs, and nobody waits for it: call it off the write path.</summary>
    /// <param name="cancellationToken">Checked after each part; what was made so far is deleted then.</param>
    public void PrepareSpare(CancellationToken cancellationToken = default)
    {
        lock (_preparingGate)
        {
            lock (_deviceGate)
            {
                if (_spares.Count > 0)
                    return;
            }

            var path = InDirectory(PreparingName);
            _files.DeleteFile(path);
            var isWhole = false;
            try
            {
                using var file = _files.Open(path, FileOpenMode.CreateNew);
                isWhole = WriteZeros(file, cancellationToken);
            }
            finally
            {
                if (!isWhole)
                    _files.DeleteFile(path);
            }

            if (!isWhole)
                return;
            lock (_deviceGate)
            {
                Keep(path);
                _files.SyncDirectory(_directory);
            }
        }
    }

    /// <summary>Takes all segments that end at or before <paramref name="position"/> out of the log; those of
    /// the usual length become spares while there are few, the others are deleted.</summary>
    public void Truncate(long position)
    {
        var deleted = new List<string>();
        lock (_deviceGate)
        {
            var removed = 0;
            while (removed < _segments.Count - 1 && _segments[removed].EndPosition <= position)
                removed++;
            if (removed == 0)
                return;

            // Out of the list first: a reader that finds foreign bytes can then tell that its segment is gone.
            var retired = _segments[..removed];
            lock (_gate)
                _segments.RemoveRange(0, removed);
            foreach (var segment in retired)
            {
                if (!TryKeep(segment))
                    deleted.Add(segment.Path);
            }

            _files.SyncDirectory(_directory);
        }

        // Deleting a large file may take the device long: whoever needs a segment meanwhile does not wait for it.
        foreach (var path in deleted)
            _files.DeleteFile(path);
    }

    /// <summary>Deletes all spares but so many: a database that is closed should hold no more than it needs.</summary>
    public void TrimSpares(int keptCount)
    {
        lock (_deviceGate)
        {
            while (_spares.Count > keptCount)
                _files.DeleteFile(_spares.Pop());
        }
    }

    /// <summary>Takes empty segments behind <paramref name="position"/>'s segment out of the log again: a crash came
    /// between making them and ending the one before.</summary>
    public void RemoveAfter(long position)
    {
        lock (_deviceGate)
        {
            var kept = _segments.FindLastIndex(s => s.BasePosition <= position) + 1;
            if (kept == _segments.Count)
                return;
            for (var i = _segments.Count - 1; i >= kept; i--)
            {
                if (!TryKeep(_segments[i]))
                    _files.DeleteFile(_segments[i].Path);
            }

            lock (_gate)
                _segments.RemoveRange(kept, _segments.Count - kept);
            _files.SyncDirectory(_directory);
        }
    }

    /// <summary>Makes the names of the segments durable, whoever gave them.</summary>
    public void SyncNames() => _files.SyncDirectory(_directory);

    private bool TryKeep(LogSegment segment)
    {
        if (_spares.Count >= _sparesMax || segment.LengthBytes != _segmentBytes)
            return false;
        Keep(segment.Path);
        return true;
    }

    private bool WriteZeros(IFile file, CancellationToken cancellationToken)
    {
        file.Allocate(_segmentBytes);
        var zeros = new byte[Math.Min(ZeroedAtOnceBytes, _segmentBytes)];
        for (var at = 0L; at < _segmentBytes; at += zeros.Length)
        {
            WorkPace.Step();
            file.WriteAt(zeros.AsSpan(0, (int)Math.Min(zeros.Length, _segmentBytes - at)), at);
            if ((at + zeros.Length) % ZeroedPerSyncBytes == 0)
                file.Sync();
            if (cancellationToken.IsCancellationRequested)
                return false;
        }

        file.Sync();
        return true;
    }

    // Numbers may come again after a restart, but not while a spare holds one.
    private void Keep(string path)
    {
        string spare;
        do
        {
            spare = InDirectory(string.Create(CultureInfo.InvariantCulture, $"{SparePrefix}{_nextSpare++:d6}.seg"));
        } while (_spares.Contains(spare));
        _files.Rename(path, spare);
        _spares.Push(spare);
    }

    private static bool IsSpare(string name) => name.StartsWith("spare", StringComparison.Ordinal);

    private LogSegment ReadHeader(long basePosition)
    {
        var path = PathOf(basePosition);
        var bytes = new byte[LogFormat.SegmentHeaderBytes];
        using var file = _files.Open(path, FileOpenMode.Read);
        file.ReadExactly(bytes, 0);
        if (SegmentHeader.TryRead(bytes, out var header) is { } problem)
            Throw.Corrupt(path, problem);
        if (header.Version > LogFormat.Version)
        {
            throw new TickStoreException(
                ErrorCode.NewerFormat,
                $"{path}: log format version {header.Version} is newer than {LogFormat.Version}, the newest "
                    + "that this build reads; use a newer build"
            )
            {
                Location = path,
            };
        }

        if (header.BasePosition != basePosition)
            Throw.Corrupt(path, $"the header says base {header.BasePosition}, the file's name {basePosition}");
        if (LogId == 0)
            LogId = header.LogId;
        if (header.LogId != LogId)
            Throw.Corrupt(path, "the segment belongs to another log");
        var length = file.Length;
        if (length != header.LengthBytes)
            Throw.Corrupt(
                path,
                $"the file is {length} bytes long, its header " + $"says {header.LengthBytes}: it was cut or extended"
            );
        return new LogSegment(basePosition, header.LengthBytes, path);
    }

    private string InDirectory(string name) => Path.Combine(_directory, name);

    private string PathOf(long basePosition) => InDirectory(NameOf(basePosition));

    internal static string NameOf(long basePosition) =>
        string.Create(CultureInfo.InvariantCulture, $"log-{basePosition:x16}.seg");

    private static bool TryParseName(string name, out long basePosition)
    {
        basePosition = 0;
        return name.Length == 24
            && name.StartsWith("log-", StringComparison.Ordinal)
            && name.EndsWith(".seg", StringComparison.Ordinal)
            && long.TryParse(
                name.AsSpan(4, 16),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out basePosition
            )
            && basePosition >= 0;
    }
}
