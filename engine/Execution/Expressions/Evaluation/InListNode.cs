using TickStore.Core;

namespace TickStore.Execution;

/// <summary>[NOT] IN over constants: few of them by comparison with each, many by a set.</summary>
internal abstract class InListNode(EvaluatorNode operand, bool negated, bool hasNullMember, EvaluationContext context)
    : EvaluatorNode
{
    private readonly ColumnVector result = ColumnVector.Allocate(DataType.Boolean, Batch.VectorRows, context.Pool);

    /// <summary>The node for an operand's type.</summary>
    public static InListNode Create(InListExpression list, EvaluatorNode operand, EvaluationContext context)
    {
        var members = list.Members.Where(m => !m.IsNull).ToList();
        var hasNull = members.Count < list.Members.Count;
        if (list.Operand.Type.IsArray)
        {
            Throw.Error(ErrorCode.NotSupported, $"IN over {list.Operand.Type} is not available: compare with =");
        }

        return list.Operand.Type.Physical switch
        {
            PhysicalType.Byte => Of(members.Select(m => (byte)m.Integer)),
            PhysicalType.Int16 => Of(members.Select(m => (short)m.Integer)),
            PhysicalType.Int32 => Of(members.Select(m => (int)m.Integer)),
            PhysicalType.Int64 => Of(members.Select(m => m.Integer)),
            PhysicalType.Float => Of(members.Select(m => (float)m.Real)),
            PhysicalType.Double => Of(members.Select(m => m.Real)),
            PhysicalType.Interval => new IntervalList(
                [.. members.Select(m => m.Interval)],
                operand,
                list.Negated,
                hasNull,
                context
            ),
            PhysicalType.Utf8 => new TextList(
                [.. members.Select(m => m.Utf8())],
                operand,
                list.Negated,
                hasNull,
                context
            ),
        };

        InListNode Of<T>(IEnumerable<T> values)
            where T : unmanaged, IComparable<T>, IEquatable<T> =>
            new ValueList<T>([.. values], operand, list.Negated, hasNull, context);
    }

    /// <inheritdoc/>
    public override ColumnVector Evaluate(Batch input)
    {
        var values = operand.Evaluate(input);
        result.SetRowCount(0);
        result.EnsureCapacity(input.RowCount);
        var flags = result.Writable<byte>()[..input.RowCount];
        Find(values, flags);
        if (hasNullMember)
        {
            // A miss could equal the NULL member: it is unknown, whether negated or not.
            flags.CopyTo(result.WritableValidity());
        }

        if (negated)
        {
            for (var i = 0; i < flags.Length; i++)
            {
                flags[i] ^= 1;
            }
        }

        result.SetRowCount(input.RowCount);
        Validities.Merge(values, input.RowCount, result);
        return result;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        result.Dispose();
        base.Dispose();
    }

    /// <summary>Sets 1 where the value is a member, else 0.</summary>
    protected abstract void Find(ColumnVector values, Span<byte> flags);

    private sealed class ValueList<T>(
        T[] members,
        EvaluatorNode operand,
        bool negated,
        bool hasNull,
        EvaluationContext context
    ) : InListNode(operand, negated, hasNull, context)
        where T : unmanaged, IComparable<T>, IEquatable<T>
    {
        private const int ComparedMembersMax = 8;

        private readonly HashSet<T> set = [.. members];
        private byte[] scratch = new byte[Batch.VectorRows];

        protected override void Find(ColumnVector values, Span<byte> flags)
        {
            var rows = values.Values<T>();
            if (set.Count > ComparedMembersMax)
            {
                for (var i = 0; i < flags.Length; i++)
                {
                    flags[i] = set.Contains(rows[i]) ? (byte)1 : (byte)0;
                }

                return;
            }

            flags.Clear();
            if (scratch.Length < flags.Length)
            {
                scratch = new byte[flags.Length];
            }

            var equal = scratch.AsSpan(0, flags.Length);
            foreach (var member in set)
            {
                CompareDriver.CompareConstant<EqualKernel, T>(rows, member, equal);
                for (var i = 0; i < flags.Length; i++)
                {
                    flags[i] |= equal[i];
                }
            }
        }
    }

    private sealed class IntervalList(
        Interval[] members,
        EvaluatorNode operand,
        bool negated,
        bool hasNull,
        EvaluationContext context
    ) : InListNode(operand, negated, hasNull, context)
    {
        // A month equals 30 days, so that equality is not that of the fields.
        private readonly HashSet<Int128> set = [.. members.Select(m => m.ComparableNanos)];

        protected override void Find(ColumnVector values, Span<byte> flags)
        {
            var rows = values.Values<Interval>();
            for (var i = 0; i < flags.Length; i++)
            {
                flags[i] = set.Contains(rows[i].ComparableNanos) ? (byte)1 : (byte)0;
            }
        }
    }

    private sealed class TextList : InListNode
    {
        private readonly SymbolTable set = new();
        private readonly List<byte[]> longMembers = [];

        public TextList(byte[][] members, EvaluatorNode operand, bool negated, bool hasNull, EvaluationContext context)
            : base(operand, negated, hasNull, context)
        {
            foreach (var member in members)
            {
                if (member.Length > SymbolTable.SymbolBytesMax)
                {
                    longMembers.Add(member);
                }
                else
                {
                    set.Intern(member);
                }
            }
        }

        protected override void Find(ColumnVector values, Span<byte> flags)
        {
            for (var i = 0; i < flags.Length; i++)
            {
                var text = values.Utf8(i);
                var found = set.Find(text) >= 0;
                foreach (var member in longMembers)
                {
                    found |= text.SequenceEqual(member);
                }

                flags[i] = found ? (byte)1 : (byte)0;
            }
        }
    }
}
