namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>Checks components of a message or a modal: rows of buttons, selects or text inputs.</summary>
internal static class ComponentBody
{
    public const int ActionRow = 1;
    public const int Button = 2;
    public const int StringSelect = 3;
    public const int TextInput = 4;
    public const int ChannelSelect = 8;
    public const int Label = 18;
    private const int LinkStyle = 5;

    public static void CheckMessage(Form form)
    {
        var customIds = new HashSet<string>();
        foreach (var row in form.Children("components", 5))
        {
            if (row.Integer("type", ActionRow, ActionRow, required: true) is null)
                continue;
            var children = row.Children("components", 5);
            if (children.Count == 0)
                row.Wrong("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.");
            foreach (var child in children)
                CheckMessageComponent(child, children.Count, row, customIds);
        }
    }

    /// <summary>A modal's components: rows with one text input each, or labels around one.</summary>
    public static void CheckModal(Form data)
    {
        data.Text("custom_id", 1, 100, required: true);
        data.Text("title", 1, 45, required: true);
        var customIds = new HashSet<string>();
        var rows = data.Children("components", 5);
        if (rows.Count == 0)
            data.Wrong("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.");
        foreach (var row in rows)
        {
            var isLabel = row.Integer("type", ActionRow, Label, required: true) == Label;
            if (isLabel)
                row.Text("label", 1, 45, required: true);
            var input = isLabel ? row.Child("component", required: true) : row.Children("components", 1) is [var only] ? only : null;
            if (input is not null)
                CheckTextInput(input, isLabel, customIds);
            else if (!isLabel)
                row.Wrong("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 1 in length.");
        }
    }

    private static void CheckTextInput(Form input, bool isLabelled, HashSet<string> customIds)
    {
        input.Integer("type", TextInput, TextInput, required: true);
        input.Integer("style", 1, 2, required: true);
        if (!isLabelled)
            input.Text("label", 1, 45, required: true);
        input.Integer("min_length", 0, 4_000);
        input.Integer("max_length", 1, 4_000);
        input.Text("placeholder", 0, 100);
        input.Text("value", 0, 4_000);
        input.Flag("required");
        CheckCustomId(input, customIds);
    }

    private static void CheckMessageComponent(Form child, int siblings, Form row, HashSet<string> customIds)
    {
        switch (child.Integer("type", Button, ChannelSelect, required: true))
        {
            case Button:
                CheckButton(child, customIds);
                break;
            case TextInput:
                child.Wrong("type", "BASE_TYPE_CHOICES", "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).");
                break;
            case { } select:
                if (siblings > 1)
                    row.Wrong("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width");
                CheckSelect(child, select == StringSelect, customIds);
                break;
        }
    }

    private static void CheckButton(Form button, HashSet<string> customIds)
    {
        button.Text("label", 0, 80);
        button.Flag("disabled");
        if (!button.Has("label") && !button.Has("emoji"))
            button.WrongHere("BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button needs a label or an emoji");
        var style = button.Integer("style", 1, LinkStyle, required: true);
        if (style != LinkStyle)
            CheckCustomId(button, customIds);
        else if (!Uri.TryCreate(button.Text("url", 1, 512, required: true), UriKind.Absolute, out _))
            button.Wrong("url", "URL_TYPE_INVALID_URL", "Not a well formed URL.");
    }

    private static void CheckSelect(Form select, bool hasOptions, HashSet<string> customIds)
    {
        CheckCustomId(select, customIds);
        select.Text("placeholder", 0, 150);
        select.Integer("min_values", 0, 25);
        select.Integer("max_values", 1, 25);
        if (!hasOptions)
            return;
        var options = select.Children("options", 25);
        if (options.Count == 0)
            select.Wrong("options", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25 in length.");
        foreach (var option in options)
        {
            option.Text("label", 1, 100, required: true);
            option.Text("value", 1, 100, required: true);
            option.Text("description", 0, 100);
        }
    }

    private static void CheckCustomId(Form component, HashSet<string> customIds)
    {
        if (component.Text("custom_id", 1, 100, required: true) is { } id && !customIds.Add(id))
            component.Wrong("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated");
    }
}
