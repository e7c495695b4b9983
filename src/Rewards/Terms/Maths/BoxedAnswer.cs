namespace R1Reward.Rewards.Terms.Maths;

/// <summary>Finds the final answer of a worked solution.</summary>
public static class BoxedAnswer
{
    private const string Box = "\\boxed{";

    /// <summary>What the last <c>\boxed{}</c> holds, braces inside it balanced; null where none closes.</summary>
    public static string? Last(string reply)
    {
        string? last = null;
        for (var start = reply.IndexOf(Box, StringComparison.Ordinal); start >= 0;)
        {
            var from = start + Box.Length;
            var (depth, end) = (1, from);
            for (; end < reply.Length && depth > 0; end++)
            {
                depth += reply[end] switch { '{' => 1, '}' => -1, _ => 0 };
            }

            if (depth > 0)
            {
                return last;
            }

            last = reply[from..(end - 1)];
            start = reply.IndexOf(Box, end, StringComparison.Ordinal);
        }

        return last;
    }
}
