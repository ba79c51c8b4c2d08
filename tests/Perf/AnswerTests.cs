// Proves that answers are compared as Queries/README.md says: whole numbers and decimals exactly, floating point to one part in
// 10^9, approximate quantiles to one part in 20; and that an answer comes through the pipe between processes as it was.
using TickStore.EndToEnd.Schedule;
using TickStore.EndToEnd.Workers;

namespace TickStore.Tests.Perf;

public sealed class AnswerTests
{
    private static readonly object[][] Answer =
    [
        ["S00001", 1_700_000_000_123_456_789L, 12.34m, 0.1],
        ["S00002", -5L, 0m, 3e300],
    ];

    [Fact]
    public void An_answer_equals_itself_and_what_came_through_the_pipe()
    {
        var text = AnswerText.Write(Answer);
        Assert.Null(AnswerComparer.Difference("Q1", Answer, AnswerText.Read(text)));
        Assert.Equal(Answer, AnswerText.Read(text));
    }

    [Fact]
    public void Whole_numbers_and_decimals_are_equal_by_value_whatever_their_type()
    {
        Assert.Null(
            AnswerComparer.Difference(
                "Q4",
                [
                    [5L, 12.340m],
                ],
                [
                    [5m, 12.34m],
                ]
            )
        );
        Assert.NotNull(
            AnswerComparer.Difference(
                "Q4",
                [
                    [12.34m],
                ],
                [
                    [12.35m],
                ]
            )
        );
        Assert.NotNull(
            AnswerComparer.Difference(
                "Q4",
                [
                    [1_700_000_000_123_456_789L],
                ],
                [
                    [1_700_000_000_123_456_790L],
                ]
            )
        );
    }

    [Theory]
    [InlineData("Q4", 1 + 0.9e-9, true)]
    [InlineData("Q4", 1 + 1.1e-9, false)]
    [InlineData("Q4", 1 - 1.1e-9, false)]
    [InlineData("Q11b", 1.04, false)]
    [InlineData("Q11c", 1.04, true)]
    [InlineData("Q11c", 1.06, false)]
    public void Floating_point_may_differ_a_little(string query, double factor, bool isEqual)
    {
        foreach (var value in (double[])[1, -1, 1e-12, 7e15])
        {
            var difference = AnswerComparer.Difference(
                query,
                [
                    [value],
                ],
                [
                    [value * factor],
                ]
            );
            Assert.Equal(isEqual, difference is null);
        }
    }

    [Fact]
    public void A_row_or_a_column_more_or_less_is_a_difference()
    {
        Assert.NotNull(AnswerComparer.Difference("Q1", Answer, Answer[..1]));
        Assert.NotNull(AnswerComparer.Difference("Q1", Answer[..1], Answer));
        Assert.NotNull(
            AnswerComparer.Difference(
                "Q1",
                [
                    [1L, 2L],
                ],
                [
                    [1L],
                ]
            )
        );
        Assert.NotNull(
            AnswerComparer.Difference(
                "Q1",
                [
                    [1L],
                ],
                [
                    ["1"],
                ]
            )
        );
    }

    [Fact]
    public void A_difference_says_where_it_is()
    {
        var other = Answer.Select(r => r.ToArray()).ToArray();
        other[1][2] = 0.01m;
        var difference = AnswerComparer.Difference("Q1", Answer, other)!;
        Assert.StartsWith("row 2, column 3: 0.01 instead of 0", difference, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_equals_a_number_where_an_engine_gave_null() =>
        Assert.NotNull(
            AnswerComparer.Difference(
                "Q4",
                [
                    [0L],
                ],
                AnswerText.Read(
                    AnswerText.Write([
                        [DBNull.Value],
                    ])
                )
            )
        );
}
