using TickStore.Core;

namespace TickStore.Formats;

/// <summary>The formats that can be imported. The one place where a new one is added.</summary>
public static class ImportFormats
{
    /// <summary>All formats; detection asks them in this order, so the one that takes any text stands last.</summary>
    public static IReadOnlyList<IImportFormat> All { get; } =
    [
        new ParquetImport(),
        new ArrowImportFormat(),
        new CffexDsbImport(),
        new LeanImport(),
        new BinanceWsImport(),
        new SseLevel2Import(),
        new CsvImport(),
    ];

    /// <summary>The format of that name; throws <see cref="ErrorCode.UnknownName"/> naming those there are.</summary>
    public static IImportFormat Find(string name)
    {
        foreach (var format in All)
        {
            if (string.Equals(format.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return format;
            }
        }

        return Throw.Error<IImportFormat>(
            ErrorCode.UnknownName,
            $"No import format is named {name}; there are {string.Join(", ", All.Select(f => f.Name))}"
        );
    }

    /// <summary>The format that a file looks like; CSV where nothing else fits.</summary>
    public static IImportFormat Detect(string path)
    {
        Span<byte> head = stackalloc byte[64];
        using var file = FileStreams.OpenRead(path);
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        foreach (var format in All)
        {
            if (format.Recognizes(path, head))
            {
                return format;
            }
        }

        return Find("csv");
    }

    /// <summary>Opens an import by format name, or by what the first file looks like where the name is null.</summary>
    public static IImportReader Open(string? formatName, ImportRequest request)
    {
        if (request.Files.Count == 0)
        {
            Throw.Error(ErrorCode.InvalidArgument, "An import needs at least one file");
        }

        return (formatName is null ? Detect(request.Files[0]) : Find(formatName)).Open(request);
    }
}
