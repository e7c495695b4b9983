using R1Reward.Data.Text;

namespace R1Reward.Rewards.Text;

/// <summary>Finds the reply in a decoded sequence of prompt and reply.</summary>
public static class ResponseText
{
    private static readonly string[] EndTokens = ["<|im_end|>", "<｜end▁of▁sentence｜>", "<|endoftext|>"];

    /// <summary>
    /// The text after the first marker without end tokens, trimmed; null where the marker is missing.
    /// </summary>
    public static string? After(ResponseMarker marker, string sequence)
    {
        var text = marker switch
        {
            ResponseMarker.Chatml => "<|im_start|>assistant\n",
            ResponseMarker.Qwen1 => "<｜Assistant｜>",
            ResponseMarker.Base => "Assistant: ",
            _ => throw new ArgumentOutOfRangeException(nameof(marker), marker, null),
        };
        var start = sequence.IndexOf(text, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var response = sequence[(start + text.Length)..];
        foreach (var end in EndTokens)
        {
            response = response.Replace(end, "", StringComparison.Ordinal);
        }

        return PythonText.Strip(response);
    }

    /// <summary>
    /// The text after the last assistant marker, trimmed, end tokens left in: how LightRFT's recipes find the reply.
    /// Without the marker of ChatML that of plain text (<c>assistant</c> at the end of a line), and without any the
    /// whole sequence.
    /// </summary>
    public static string AfterLast(string sequence)
    {
        foreach (var marker in (string[])["<|im_start|>assistant", "assistant\n"])
        {
            if (sequence.LastIndexOf(marker, StringComparison.Ordinal) is >= 0 and var at)
            {
                return PythonText.Strip(sequence[(at + marker.Length)..]);
            }
        }

        return PythonText.Strip(sequence);
    }

    /// <summary>
    /// What is scored: the reply, or the whole sequence where the marker is missing or nothing follows it.
    /// </summary>
    public static string Scored(ResponseMarker marker, string sequence) =>
        After(marker, sequence) is { Length: > 0 } response ? response : sequence;
}
