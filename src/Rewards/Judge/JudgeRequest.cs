using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Judge;

/// <summary>Writes prompts as the bodies of OpenAI requests; the model is added by the endpoint.</summary>
internal static class JudgeRequest
{
    /// <summary>The body without its <c>model</c>.</summary>
    public static JObject Write(JudgePrompt prompt, JudgeOptions options)
    {
        var body = new JObject();
        if (options.Api == JudgeApi.Chat)
        {
            body["messages"] = Messages(prompt);
        }
        else
        {
            body["prompt"] = WholeText(prompt);
        }

        body["temperature"] = prompt.Temperature ?? options.Temperature;
        body["max_tokens"] = prompt.MaxTokens ?? options.MaxTokens;
        body["stream"] = false;
        if (prompt.TopLogProbs > 0 && options.Api == JudgeApi.Chat)
        {
            body["logprobs"] = true;
            body["top_logprobs"] = prompt.TopLogProbs;
        }
        else if (prompt.TopLogProbs > 0)
        {
            body["logprobs"] = prompt.TopLogProbs;
        }

        foreach (var field in options.Body?.Properties() ?? [])
        {
            body[field.Name] = field.Value.DeepClone();
            if (field.Value.Type == JTokenType.Null)
            {
                body.Remove(field.Name);
            }
        }

        return body;
    }

    private static string WholeText(JudgePrompt prompt)
    {
        if (!prompt.Parts.All(part => part is JudgePart.Text))
        {
            throw new ArgumentException("the completions interface takes no pictures and no sounds", nameof(prompt));
        }

        return prompt.System.Length > 0 ? prompt.System + "\n\n" + prompt.User : prompt.User;
    }

    private static JArray Messages(JudgePrompt prompt)
    {
        var messages = new JArray();
        if (prompt.System.Length > 0)
        {
            messages.Add(new JObject { ["role"] = "system", ["content"] = prompt.System });
        }

        // One text stays a plain string, which every server takes.
        JToken content = prompt.Parts is [JudgePart.Text only] ? only.Value : new JArray(prompt.Parts.Select(Part));
        messages.Add(new JObject { ["role"] = "user", ["content"] = content });
        return messages;
    }

    private static JObject Part(JudgePart part) => part switch
    {
        JudgePart.Text text => new JObject { ["type"] = "text", ["text"] = text.Value },
        JudgePart.Picture picture => new JObject
        {
            ["type"] = "image_url",
            ["image_url"] = new JObject { ["url"] = DataUrl(picture) },
        },
        JudgePart.Sound sound => new JObject
        {
            ["type"] = "input_audio",
            ["input_audio"] = new JObject
            {
                ["data"] = Convert.ToBase64String(sound.Bytes.Span),
                ["format"] = sound.Format,
            },
        },
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };

    private static string DataUrl(JudgePart.Picture picture) =>
        $"data:{picture.MediaType};base64,{Convert.ToBase64String(picture.Bytes.Span)}";
}
