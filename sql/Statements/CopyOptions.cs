using TickStore.Core;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Statements;

/// <summary>The options of COPY: FORMAT, and HEADER where a file is read.</summary>
internal sealed class CopyOptions
{
    public CopyOptions(string sql, IReadOnlyList<CopyOption> options, bool canHaveHeader)
    {
        foreach (var option in options)
        {
            switch (option.Name)
            {
                case "format" when option.Value is not null:
                    Format = option.Value;
                    break;
                case "header" when canHaveHeader || option.Value is null or "true" or "on" or "1":
                    HasHeader = option.Value is null or "true" or "on" or "1";
                    break;
                default:
                    var allowed = canHaveHeader
                        ? "FROM takes FORMAT and HEADER"
                        : "TO takes FORMAT, and always writes a header";
                    throw SqlError.At(
                        ErrorCode.NotSupported,
                        sql,
                        option.Span,
                        $"COPY {allowed}, not {option.Name.ToUpperInvariant()} so"
                    );
            }
        }
    }

    /// <summary>Name of the format; null to go by the file.</summary>
    public string? Format { get; }

    /// <summary>False where a CSV file's first line holds values.</summary>
    public bool HasHeader { get; } = true;
}
