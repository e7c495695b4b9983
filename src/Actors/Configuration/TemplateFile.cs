using R1Reward.Data;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization.Chat;

namespace R1Reward.Actors.Configuration;

/// <summary>
/// Reads <c>r1reward.model.template</c>. The text of a file goes with a submitted run, since other hosts do not have
/// the file, and it may change while the run goes on.
/// </summary>
internal static class TemplateFile
{
    /// <summary>The key that names the template.</summary>
    public const string NameKey = "r1reward.model.template";

    /// <summary>The key that holds the text of a file.</summary>
    public const string TextKey = "r1reward.model.template-text";

    /// <summary>The template; a built-in one after a mistake, which the reader keeps.</summary>
    public static PromptTemplate Read(SettingsReader reader)
    {
        try
        {
            return reader.Text(TextKey) is { Length: > 0 } text
                ? OwnTemplate.Create(reader.Text(NameKey), text)
                : OwnTemplate.Find(IsBuiltIn(reader) ? reader.Text(NameKey) : reader.File(NameKey));
        }
        catch (UserErrorException wrong)
        {
            reader.Refuse(reader.Text(TextKey).Length > 0 ? TextKey : NameKey, wrong.Message.TrimEnd('.'));
            return PromptTemplate.R1Pairwise;
        }
    }

    /// <summary>A template that has to be read from a file; null where there is no such file.</summary>
    public static PromptTemplate? ToCarry(SettingsReader reader)
    {
        var hasFile = !IsBuiltIn(reader) && reader.Text(TextKey).Length == 0 && File.Exists(reader.File(NameKey));
        return hasFile ? OwnTemplate.Find(reader.File(NameKey)) : null;
    }

    private static bool IsBuiltIn(SettingsReader reader) =>
        PromptTemplate.All.Any(template => template.Id == reader.Text(NameKey));
}
