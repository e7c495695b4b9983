namespace R1Reward.Data.Formats;

/// <summary>How rows of prompts are read; the defaults are LightRFT's.</summary>
public sealed record PromptRecordOptions
{
    /// <summary>The field with the prompt. Default <c>prompt</c>.</summary>
    public string PromptField { get; init; } = "prompt";

    /// <summary>The field with the pictures. Default <c>images</c>.</summary>
    public string ImagesField { get; init; } = "images";

    /// <summary>The first field where the right answer is looked for. Default <c>answer</c>.</summary>
    public string ReferenceField { get; init; } = "answer";

    /// <summary>The field with the kind of task, also looked for in <c>extra_info</c>. Default <c>label</c>.</summary>
    public string LabelField { get; init; } = "label";

    /// <summary>The system's turn; null for none.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>What goes around the prompt, which stands for <c>{}</c>. Default the prompt alone.</summary>
    public string InputTemplate { get; init; } = "{}";
}
