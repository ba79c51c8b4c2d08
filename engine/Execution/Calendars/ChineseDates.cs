using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// The weekdays on which the mainland Chinese exchanges were closed, as the State Council and the exchanges published them for 2015 to
/// 2026. Other years: weekdays. Working weekends are no trading dates.
/// </summary>
internal static class ChineseDates
{
    private static readonly string[] ClosedByYear =
    [
        "2015 0101 0102 0218 0219 0220 0223 0224 0406 0501 0622 0903 0904 1001 1002 1005 1006 1007",
        "2016 0101 0208 0209 0210 0211 0212 0404 0502 0609 0610 0915 0916 1003 1004 1005 1006 1007",
        "2017 0102 0127 0130 0131 0201 0202 0403 0404 0501 0529 0530 1002 1003 1004 1005 1006",
        "2018 0101 0215 0216 0219 0220 0221 0405 0406 0430 0501 0618 0924 1001 1002 1003 1004 1005 1231",
        "2019 0101 0204 0205 0206 0207 0208 0405 0501 0502 0503 0607 0913 1001 1002 1003 1004 1007",
        "2020 0101 0124 0127 0128 0129 0130 0131 0406 0501 0504 0505 0625 0626 1001 1002 1005 1006 1007 1008",
        "2021 0101 0211 0212 0215 0216 0217 0405 0503 0504 0505 0614 0920 0921 1001 1004 1005 1006 1007",
        "2022 0103 0131 0201 0202 0203 0204 0404 0405 0502 0503 0504 0603 0912 1003 1004 1005 1006 1007",
        "2023 0102 0123 0124 0125 0126 0127 0405 0501 0502 0503 0622 0623 0929 1002 1003 1004 1005 1006",
        "2024 0101 0209 0212 0213 0214 0215 0216 0404 0405 0501 0502 0503 0610 0916 0917 1001 1002 1003 1004 1007",
        "2025 0101 0128 0129 0130 0131 0203 0204 0404 0501 0502 0505 0602 1001 1002 1003 1006 1007 1008",
        "2026 0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1002 1005 1006 1007",
    ];

    /// <summary>The dates, shared by all exchanges of the mainland.</summary>
    public static ListedDates Instance { get; } = new(Read());

    private static Dictionary<int, int> Read()
    {
        var dates = new Dictionary<int, int>();
        foreach (var line in ClosedByYear)
        {
            var words = line.Split(' ');
            var year = int.Parse(words[0]);
            foreach (var word in words.Skip(1))
            {
                var date = new CivilDate(year, int.Parse(word[..2]), int.Parse(word[2..]));
                dates.Add((int)date.ToDays(), ListedDates.Closed);
            }
        }

        return dates;
    }
}
