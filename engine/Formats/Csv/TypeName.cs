using System.Globalization;
using System.Text.RegularExpressions;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Types as a mapping file writes them: the names of SQL, such as <c>DECIMAL(18,4)</c> or <c>DOUBLE[10]</c>.
/// </summary>
internal static partial class TypeName
{
    /// <summary>Reads a type, or throws naming <paramref name="where"/>.</summary>
    public static DataType Parse(string text, string where)
    {
        var match = Pattern().Match(text);
        var kind = match.Groups["kind"].Value.ToUpperInvariant() switch
        {
            "INTEGER" => "INT",
            "TEXT" => "VARCHAR",
            "FLOAT" => "DOUBLE",
            "NUMERIC" => "DECIMAL",
            var name => name,
        };
        var isKnown = Enum.TryParse<TypeKind>(kind, ignoreCase: true, out var typeKind);
        if (!match.Success || !isKnown)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"{where}: '{text}' is not a type; there are {string.Join(", ", Enum.GetNames<TypeKind>()).ToUpperInvariant()}"
            );
        }

        int Number(string group, int missing) =>
            match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : missing;

        var scalar =
            typeKind == TypeKind.Decimal
                ? DataType.Decimal(Number("p", DataType.DecimalPrecisionMax), Number("s", 0))
                : new DataType(typeKind, 0, 0, 0);
        return match.Groups["depth"].Success ? scalar.ArrayOf(Number("depth", 0)) : scalar;
    }

    [GeneratedRegex(
        @"^\s*(?<kind>[A-Za-z]+)\s*(\(\s*(?<p>\d{1,4})\s*(,\s*(?<s>\d{1,4})\s*)?\))?\s*(\[(?<depth>\d{1,4})\])?\s*$"
    )]
    private static partial Regex Pattern();
}
