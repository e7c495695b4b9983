namespace R1Reward.Rewards.Text;

/// <summary>The marker after which the judge's reply starts in a decoded sequence (<c>--prompt-template</c>).</summary>
public enum ResponseMarker
{
    /// <summary><c>chatml</c>: the assistant turn of ChatML.</summary>
    Chatml,

    /// <summary><c>qwen1</c>: the assistant token of the DeepSeek and early R1 templates.</summary>
    Qwen1,

    /// <summary><c>base</c>: the words <c>Assistant: </c> of a plain transcript.</summary>
    Base,
}
