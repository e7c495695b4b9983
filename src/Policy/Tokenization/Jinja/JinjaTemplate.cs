using R1Reward.Data;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// A chat template: the part of the Jinja language that the published ones use, with the settings that they are written
/// for. No file, environment or object of this program can be reached from a template.
/// </summary>
internal sealed class JinjaTemplate
{
    private readonly IReadOnlyList<Statement> _body;
    private readonly string _place;

    private JinjaTemplate(IReadOnlyList<Statement> body, string place)
    {
        _body = body;
        _place = place;
    }

    /// <summary>Reads a template, so that it can be rendered many times.</summary>
    /// <param name="source">The text of the template.</param>
    /// <param name="place">Where it comes from, for messages.</param>
    /// <exception cref="UserErrorException">It is no template; the message has the line.</exception>
    public static JinjaTemplate Parse(string source, string place)
    {
        try
        {
            return new JinjaTemplate(TemplateParser.Parse(source), place);
        }
        catch (JinjaException error)
        {
            throw Failed(place, error);
        }
    }

    /// <summary>Carries the template out.</summary>
    /// <param name="variables">The values that the template refers to, by name.</param>
    /// <param name="time">What a template reads the date from.</param>
    /// <exception cref="UserErrorException">
    /// The template refuses them or cannot be carried out, with the line.
    /// </exception>
    public MarkedText Render(IReadOnlyDictionary<string, object?> variables, TimeProvider time)
    {
        var scope = new Scope(Globals.Create(time));
        foreach (var (name, value) in variables)
        {
            scope.Set(name, value);
        }

        try
        {
            return Effort.Bounded(() => Renderer.Render(_body, scope));
        }
        catch (JinjaException error)
        {
            throw Failed(_place, error);
        }
    }

    private static UserErrorException Failed(string place, JinjaException error)
    {
        // A template may raise any text, which must not write to the user's terminal as it likes.
        var message = string.Concat(error.Message.Select(c => char.IsControl(c) ? ' ' : c));
        return new($"Chat template: {place}, line {error.Line ?? 1}: {message}.", error);
    }
}
